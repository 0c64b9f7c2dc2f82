import { enrolledFleet } from "@sluice/drivers/fleet/enrolled-fleet.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { OperationContext } from "../operations/operation.ts";
import { testContext } from "../operations/operation-context.fixture.ts";
import { insertHost } from "../store/hosts.ts";
import { darkHostMessages, darkHostsOfGroup, MAX_DARK_HOSTS_NAMED } from "./dark-hosts.ts";
import { hostDirectory } from "./host-directory.ts";
import { Liveness } from "./liveness.ts";
import { newHostRow } from "./new-host.ts";

const READY = Date.UTC(2026, 10, 23, 18, 0);
const NOW = READY + 60_000;
const prod = { Key: "Environment", Value: "prod" };
let context: OperationContext;
let liveness: Liveness;

const declare = (hostId: string, hostName: string, more = {}) =>
  context.store.write((transaction) =>
    insertHost(transaction, {
      ...newHostRow({ hostId, hostName, kind: "instance", hostIdentifier: hostId, tags: [prod], now: 1000 }),
      ...more,
    }),
  );

async function messages(): Promise<string[]> {
  const { store } = context;
  const fleet = enrolledFleet.create({}, { listHosts: hostDirectory(store) });
  const signal = new AbortController().signal;
  return darkHostMessages(
    await darkHostsOfGroup({ ec2TagFilters: [prod] }, { store, fleet, liveness, now: NOW, signal }),
  );
}

beforeEach(async () => {
  context = await testContext({ now: NOW });
  liveness = new Liveness({ store: context.store, readyAt: READY, onFlushError: () => {} });
});
afterEach(() => context.store.close());

it("names the dark hosts of a selection, since when, and what to run", async () => {
  await declare("i-1", "web-1");
  await declare("i-2", "web-2");
  await declare("i-3", "web-3");
  await declare("i-4", "web-4");
  await declare("i-5", "web-5", { retired_at: 2000 });
  await declare("i-6", "db-1", { tags_json: "[]" });
  await declare("i-7", "web-7", { enrolled_at: 2000, agent: "sluice" });
  liveness.seen("i-1", NOW - 1000, "sluice");
  liveness.seen("i-2", READY + 5000, "sluice");
  liveness.goodbye("i-3", NOW - 500);
  const [web2, web3, web4, web7, ...others] = await messages();
  expect(web2).toContain("Host web-2 (i-2) has not reported since 2026-11-23T18:00:05.000Z");
  expect(web2).toContain("sluice agent run --data DIR on web-2");
  expect(web3).toContain("Host web-3 (i-3) has not reported since 2026-11-23T18:00:59.500Z, when its agent was");
  expect(web4).toContain("Host web-4 (i-4) has never reported");
  expect(web4).toContain("sluice agent enroll");
  expect(web7).toBe(
    "Host web-7 (i-7) has enrolled, but its agent has never polled; its deployment fails unless you run sluice agent run --data DIR on web-7.",
  );
  expect(others).toEqual([]);
});

it("counts the rest when there are many", async () => {
  for (let index = 0; index < MAX_DARK_HOSTS_NAMED + 3; index += 1) await declare(`i-${index}`, `web-${index}`);
  const all = await messages();
  expect(all).toHaveLength(MAX_DARK_HOSTS_NAMED + 1);
  expect(all.at(-1)).toContain("3 more hosts are silent");
});
