import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../place/server-connection.ts";
import { whyNoNamespaces } from "./isolation/namespace.ts";
import { presentHosts } from "./present-hosts.ts";
import { startUp } from "./start-up.ts";
import { readUpRecord, writeUpRecord } from "./up-record.ts";

const obstacle = await whyNoNamespaces();
// Each starts servers and agents twice, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-start-up-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const options = () => ({
  dataDirectory: directory,
  listen: { host: "127.0.0.1", port: 0 },
  count: 1,
  tags: [{ Key: "Environment", Value: "up" }],
});

async function hostListed() {
  using connection = connect({ data: directory });
  const { hosts } = await connection.sluice.call("ListHosts", {});
  return hosts.map(({ hostId, address, tags }) => ({ hostId, address, tags }));
}

async function removeTag(hostId: string): Promise<void> {
  using connection = connect({ data: directory });
  await connection.sluice.call("UntagHost", { host: hostId, tagKeys: ["Environment"] });
}

/** As if the run had been of a process that has ended, and had got another network, which the next run takes then. */
async function changeRecord(subnetPrefix?: string): Promise<void> {
  const record = await readUpRecord(directory);
  if (record === undefined) throw new Error("the run has noted nothing");
  const { owner, network } = record;
  await writeUpRecord(directory, {
    ...record,
    owner: { ...owner, startedAt: "1" },
    network: network && { ...network, subnetPrefix: subnetPrefix ?? network.subnetPrefix },
  });
}

test("hosts come back as they were when another run has got their network", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  let first: { hostId: string; address?: string | undefined } | undefined;
  {
    await using up = await startUp({ ...options(), isolation: "namespaces" });
    [first] = await hostListed();
    expect(first?.address).toBe(up.hosts[0]?.address);
    await removeTag(first?.hostId ?? "");
  }
  const subnetPrefix = "10.77.219";
  await changeRecord(subnetPrefix);
  await using up = await startUp({ ...options(), isolation: "namespaces" });
  expect(up.hosts[0]?.address).toBe(`${subnetPrefix}.11`);
  expect(await hostListed()).toEqual([
    { hostId: first?.hostId, address: `${subnetPrefix}.11`, tags: [{ Key: "Name", Value: "host-1" }] },
  ]);
});

test("without namespaces, a host comes back when the server listens on another port", async () => {
  let before: unknown;
  {
    await using up = await startUp({ ...options(), isolation: "none" });
    expect(up.hosts.length).toBe(1);
    before = await hostListed();
  }
  await changeRecord();
  await using up = await startUp({ ...options(), isolation: "none" });
  expect(up.hosts.length).toBe(1);
  expect(await hostListed()).toEqual(before);

  const id = up.hosts[0]?.id ?? "";
  expect(await presentHosts(directory)).toEqual(new Set([id]));
  using connection = connect({ data: directory });
  await connection.sluice.call("RemoveHost", { host: id });
  expect(await presentHosts(directory)).toEqual(new Set());
});
