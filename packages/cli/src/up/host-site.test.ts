import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HostSite, openHostSite } from "./host-site.ts";
import { whyNoNamespaces } from "./isolation/namespace.ts";
import { findProcessesOf, RUN_VARIABLE } from "./leftovers.ts";
import { readUpRecord } from "./up-record.ts";

const obstacle = await whyNoNamespaces();
const EVENTUALLY = { interval: 20 };

let directory: string;
let site: HostSite | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-site-"));
});
afterEach(async () => {
  await site?.close();
  site = undefined;
  await rm(directory, { recursive: true });
});

/** Makes the hosts' enrolments, so that no server is needed to start their agents. */
async function enrolByHand(names: readonly string[], server: string): Promise<void> {
  const { writeEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
  const { createSelfSignedCertificate } = await import("@sluice/server/signing/self-signed-certificate.ts");
  const { certificatePem } = await createSelfSignedCertificate({ commonName: "test" });
  for (const [index, name] of names.entries()) {
    const hostId = `i-0000000000000000${index}`;
    writeEnrolment(join(directory, "hosts", name, "agent"), {
      server,
      region: "us-east-1",
      accountId: "111122223333",
      hostId,
      hostName: name,
      hostIdentifier: `arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`,
      onPremises: false,
      serverFingerprints: [],
      signingCertificate: certificatePem,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    });
  }
}

async function interfacesOf(prefix: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ip", ["-json", "link", "show"]);
  return (JSON.parse(stdout) as { ifname: string }[])
    .map(({ ifname }) => ifname)
    .filter((name) => name.startsWith(prefix));
}

function startTwo(opened: HostSite, serverUrl: string) {
  return opened.startHosts({
    count: 2,
    serverUrl,
    tags: [],
    createToken: () => Promise.reject(new Error("the hosts are enrolled already")),
  });
}

test("hosts have addresses, names, files and processes of their own, and nothing of them stays", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  site = await openHostSite({ dataDirectory: directory, isolation: "namespaces" });
  const polledFrom = new Set<string>();
  const server = createServer((request, response) => {
    polledFrom.add(request.socket.remoteAddress ?? "");
    response.writeHead(503).end();
  });
  await new Promise<void>((done) => server.listen(site?.listen?.port, site?.listen?.host, done));
  try {
    const url = `http://${site.listen?.host}:${site.listen?.port}`;
    await enrolByHand(["host-1", "host-2"], url);
    const [first, second] = await startTwo(site, url);
    if (first === undefined || second === undefined) throw new Error("two hosts were asked for");

    await expect.poll(() => [...polledFrom].sort(), EVENTUALLY).toEqual([first.address, second.address].sort());
    expect((await first.run(["hostname"])).trim()).toBe("host-1");

    const file = `/opt/sluice-site-test-${process.pid}`;
    await first.run(["touch", file]);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(first.pathOf(file))).toBe(true);
    await expect(second.run(["test", "-e", file])).rejects.toThrow();
    // The server's keys and the other host's are out of sight.
    expect(
      (await first.run(["ls", directory, join(directory, "hosts")]))
        .split("\n")
        .filter((name) => name.startsWith("host-")),
    ).toEqual(["host-1"]);
    expect((await first.run(["ps", "-e", "-o", "comm="])).split("\n").length).toBeLessThan(10);

    // A service that outlives the agent's restart, and does not outlive the site.
    await first.run(["/bin/sh", "-c", "setsid sleep 3600 >/dev/null 2>&1 & echo started"]);
    await first.agent.kill();
    await first.restartAgent();
    expect(await first.run(["ps", "-e", "-o", "args="])).toContain("sleep 3600");

    const record = await readUpRecord(directory);
    await site.close();
    site = undefined;
    expect(await interfacesOf(record?.network?.bridgeName ?? "?")).toEqual([]);
    expect(await findProcessesOf(record?.runId ?? "?")).toEqual([]);
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(directory);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a second site in the same directory is refused while the first is there", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  site = await openHostSite({ dataDirectory: directory, isolation: "namespaces" });
  await expect(openHostSite({ dataDirectory: directory, isolation: "none" })).rejects.toThrow("another sluice up uses");
});

test("of two sites that are opened at once in one directory, one is", async () => {
  const opened = await Promise.allSettled(
    [1, 2].map(() => openHostSite({ dataDirectory: directory, isolation: "none" })),
  );
  const sites = opened.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  site = sites[0];
  expect(sites.length).toBe(1);
  expect(opened.find((result) => result.status === "rejected")?.reason.message).toMatch(/^another sluice up /);
});

test("what a killed run has left is removed by the next one", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  await enrolByHand(["host-1", "host-2"], "http://127.0.0.1:9");
  const program = join(directory, "run.ts");
  await writeFile(
    program,
    `import { openHostSite } from ${JSON.stringify(join(import.meta.dirname, "host-site.ts"))};
    const site = await openHostSite({ dataDirectory: ${JSON.stringify(directory)}, isolation: "namespaces" });
    await site.startHosts({ count: 2, serverUrl: "http://127.0.0.1:9", tags: [], createToken: () => Promise.reject(new Error("enrolled")) });
    console.log("started");
    setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const isStarted = await new Promise<boolean>((done) => {
    child.stdout.once("data", () => done(true));
    child.once("exit", () => done(false));
  });
  expect(isStarted).toBe(true);
  const record = await readUpRecord(directory);
  const killed = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await killed;
  // The kernel ends the hosts with the process that held them.
  await expect.poll(() => findProcessesOf(record?.runId ?? "?"), EVENTUALLY).toEqual([]);
  expect(await interfacesOf(record?.network?.bridgeName ?? "?")).not.toEqual([]);

  site = await openHostSite({ dataDirectory: directory, isolation: "namespaces" });
  expect(await interfacesOf(record?.network?.bridgeName ?? "?")).toEqual([]);
  expect((await readUpRecord(directory))?.network?.subnetPrefix).toBe(record?.network?.subnetPrefix);
});

test("what hooks start has the variable by which a run is found", async () => {
  const { withheldNames } = await import("@sluice/agent/host/hooks/script-environment.ts");
  expect(withheldNames({ [RUN_VARIABLE]: "abcdef", OTHER: "x" }, [])).toEqual(["OTHER"]);
});

test("without namespaces, a host is an agent on this machine, and its services end with the site", async () => {
  await enrolByHand(["host-1", "host-2"], "http://127.0.0.1:9");
  site = await openHostSite({ dataDirectory: directory, isolation: "none" });
  const [host] = await startTwo(site, "http://127.0.0.1:9");
  const record = await readUpRecord(directory);
  if (host === undefined || record === undefined) throw new Error("the site has not started");
  await expect.poll(async () => (await findProcessesOf(record.runId)).length, EVENTUALLY).toBe(2);
  expect(host.address).toBe("127.0.0.1");
  const service = spawn("sleep", ["3600"], {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, [RUN_VARIABLE]: record.runId },
  });
  service.unref();
  await expect.poll(() => findProcessesOf(record.runId), EVENTUALLY).toContain(service.pid);
  await site.close();
  site = undefined;
  expect(await findProcessesOf(record.runId)).toEqual([]);
});
