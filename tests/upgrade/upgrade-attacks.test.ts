import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  agentProgram,
  offerProgram,
  type SupervisedAgent,
  superviseAgent,
} from "../installation/agent-program.fixture.ts";
import { DATABASES, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { checkOutEarlier } from "../installation/earlier-version.fixture.ts";
import { isInstalled } from "../installation/installed-programs.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  type SluiceServer,
  type SluiceServerOptions,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const [OLD, NEW, NEWER, BROKEN] = ["0.1.9", "0.3.0", "0.4.0", "0.5.0"];
const SWITCHES = "its supervisor starts the new one";
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(options: SluiceServerOptions = {}): Promise<SluiceServer> {
  const server = await startSluiceServer(options);
  ending.push(() => server.close());
  for (const version of [OLD, NEW, NEWER]) offerProgram(server, version, await agentProgram(version));
  offerProgram(server, BROKEN, await agentProgram(BROKEN, { polls: false }));
  return server;
}

async function supervise(server: SluiceServer, name: string, options: Parameters<typeof superviseAgent>[3] = {}) {
  const agent: SupervisedAgent = await superviseAgent(server, name, await agentProgram(OLD), options);
  ending.push(() => agent.close());
  return agent;
}

interface Listed {
  readonly hostName: string;
  readonly state: string;
  readonly agentVersion?: string;
}
async function versions(server: SluiceServer): Promise<Readonly<Record<string, string>>> {
  const hosts = JSON.parse(await server.sluice("agents", "--json")) as readonly Listed[];
  return Object.fromEntries(hosts.map((host) => [host.hostName, `${host.state} ${host.agentVersion}`]));
}
const living = (server: SluiceServer, hosts: number) =>
  until("hosts that live", async () => {
    const found = Object.values(await versions(server));
    return found.length === hosts && found.every((said) => said.startsWith("alive"));
  });
const upgrade = (server: SluiceServer, ...options: readonly string[]) => server.run("agents", "upgrade", ...options);
const switchesOf = (agent: SupervisedAgent) => agent.log().split(SWITCHES).length - 1;

/** Between an agent and its server, whose place it takes in the agent's directory: what it puts into the answers to heartbeats. */
async function listenBetween(agent: SupervisedAgent, server: SluiceServer) {
  const seen: unknown[] = [];
  let injected: unknown;
  const between = createServer((asked, answer) => {
    const { port } = new URL(server.url());
    const { method, url: path, headers } = asked;
    const onward = ask({ port, method, path, headers, host: "127.0.0.1" }, async (answered) => {
      if (!/HostHeartbeat/.test(String(headers["x-amz-target"]))) {
        answer.writeHead(answered.statusCode ?? 0, answered.headers);
        answered.pipe(answer);
        return;
      }
      const said = JSON.parse(await text(answered)) as { agentOffer?: unknown };
      if (said.agentOffer !== undefined) seen.push(said.agentOffer);
      else if (injected !== undefined) said.agentOffer = injected;
      const body = JSON.stringify(said);
      answer.writeHead(answered.statusCode ?? 0, { ...answered.headers, "content-length": Buffer.byteLength(body) });
      answer.end(body);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  ending.push(() => {
    between.closeAllConnections();
    between.close();
  });
  await agent.stop();
  const file = join(agent.directory, "agent.json");
  const enrolment = JSON.parse(readFileSync(file, "utf8")) as object;
  const { port } = between.address() as AddressInfo;
  writeFileSync(file, JSON.stringify({ ...enrolment, server: `http://127.0.0.1:${port}` }));
  agent.start();
  return {
    last: () => seen.at(-1),
    inject: (offer: unknown) => {
      injected = offer;
    },
  };
}

it("refuses offers that somebody kept, those of downgrades too, and logs each once", async () => {
  const server = await serve();
  const agent = await supervise(server, "web-1");
  await living(server, 1);
  const between = await listenBetween(agent, server);
  await living(server, 1);
  expect((await upgrade(server, "--version", NEW)).exitCode).toBe(0);
  const toNew = between.last();
  expect((await upgrade(server, "--version", OLD, "--allow-downgrade")).exitCode).toBe(0);
  const toOld = between.last();
  expect((await upgrade(server, "--version", NEWER)).exitCode).toBe(0);
  const before = agent.log().length;
  for (const [offer, version] of [
    [toNew, NEW],
    [toOld, OLD],
  ] as const) {
    between.inject(offer);
    await until("a refusal", () => agent.log().slice(before).includes(`was not taken version="${version}"`));
    // Three more heartbeats bring it.
    await wait(16_000);
    between.inject(undefined);
  }
  const refusals = agent
    .log()
    .slice(before)
    .split("\n")
    .filter((line) => line.includes("was not taken"));
  expect(refusals).toHaveLength(2);
  for (const line of refusals) expect(line).toContain("signed before the one that this host took last");
  expect(await versions(server)).toEqual({ "web-1": `alive ${NEWER}` });
  expect(switchesOf(agent)).toBe(3);
});

it("reports within seconds that the server signs with another certificate, and blames no host for it", async () => {
  const server = await serve();
  const agent = await supervise(server, "web-1");
  await living(server, 1);
  await server.stop();
  const database = new DatabaseSync(join(server.data, "sluice.db"));
  database.exec("DELETE FROM settings WHERE name = 'signing-certificate'");
  database.close();
  await server.start();
  await living(server, 1);
  const { exitCode, stdout } = await upgrade(server, "--version", NEW);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 1,
    stdout: expect.stringMatching(/web-1 .* FAILED: the server signs with another certificate .*sluice restore/),
  });
  expect(agent.log().split("was not taken")).toHaveLength(2);
});

it("says that the program was replaced on the server, and goes on when it is there again", async () => {
  const server = await serve();
  const agents = [await supervise(server, "web-1"), await supervise(server, "web-2")];
  await living(server, 2);
  // It is offered to nobody before both wait for it.
  for (const agent of agents) await agent.stop();
  const watched = server.follow("agents", "upgrade", "--version", NEW);
  await until("a host that waits", () => watched.stdout().includes("offline"));
  offerProgram(server, NEW, await agentProgram(NEWER));
  for (const agent of agents) agent.start();
  await until("the reason", () => watched.stdout().includes("its file was replaced since the upgrade began"));
  offerProgram(server, NEW, await agentProgram(NEW));
  const exitCode = await watched.ended;
  const said = `${watched.stdout()}${watched.stderr()}`;
  expect({ exitCode, said }).toEqual({ exitCode: 0, said: expect.any(String) });
});

it("lets one upgrade begin where two servers are asked for many", async ({ skip }) => {
  skip(whyNoDatabase("postgres") !== null, whyNoDatabase("postgres") ?? "");
  const database = await openDatabase("postgres");
  ending.push(() => database.close());
  const several = { databaseUrl: database.url, args: ["--allow-several-servers"] };
  const servers = [await serve(several), await serve(several)] as const;
  await supervise(servers[0], "web-1");
  await living(servers[0], 1);
  const asked = [0, 1, 0, 1].map((index) => upgrade(servers[index]!, "--version", NEW, "--no-watch"));
  const begun = await Promise.all(asked);
  expect(begun.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1, 1, 1]);
  for (const { exitCode, stderr } of begun) if (exitCode === 1) expect(stderr).toContain("there is one at a time");
  expect((await servers[1].run("agents", "watch")).exitCode).toBe(0);
});

it("lets one of many upgrades begin, of whatever groups they are", async () => {
  const server = await serve();
  const agents = [await supervise(server, "web-1"), await supervise(server, "web-2")];
  await living(server, 2);
  const asked = [["--host", "web-1"], ["--host", "web-1", "--host", "web-2"], ["--host", "web-2"], []];
  const begun = await Promise.all(asked.map((hosts) => upgrade(server, "--version", NEW, "--no-watch", ...hosts)));
  expect(begun.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1, 1, 1]);
  for (const { exitCode, stderr } of begun) if (exitCode === 1) expect(stderr).toContain("there is one at a time");
  await server.run("agents", "watch");
  for (const agent of agents) expect(switchesOf(agent)).toBeLessThanOrEqual(1);
});

/** The programs of a host on a disk of their own. @returns what mounts it anew */
function ownDisk({ programs }: SupervisedAgent, mebibytes: number): (options: string) => void {
  const copy = mkdtempSync(join(tmpdir(), "sluice-programs-"));
  ending.push(() => rmSync(copy, { recursive: true }));
  const mount = (...args: readonly string[]) => execFileSync("mount", [...args, programs], { stdio: "ignore" });
  execFileSync("cp", ["-a", `${programs}/.`, copy]);
  mount("-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs");
  ending.push(() => execFileSync("umount", ["-l", programs]));
  execFileSync("cp", ["-a", `${copy}/.`, programs]);
  return (options) => mount("-o", `remount,${options}`);
}

it.skipIf(process.getuid?.() !== 0).each([
  [
    "too small",
    40,
    "size=40m",
    /web-1 .* FAILED: the program has \S+ MiB, and .* has \S+ MiB free: make room for 6\d\.\d MiB/,
  ],
  ["read-only", 100, "ro", /web-1 .* FAILED: .* have to be writable, and one of them is not \(EROFS.*findmnt -T/],
])(
  "stops at a host whose disk for programs is %s, with the cure, and its agent runs on",
  async (_, size, change, said) => {
    const server = await serve();
    const agent = await supervise(server, "web-1");
    await supervise(server, "web-2");
    await living(server, 2);
    await agent.stop();
    const remount = ownDisk(agent, size);
    agent.start();
    remount(change);
    await living(server, 2);
    const { exitCode, stdout } = await upgrade(server, "--version", NEW);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringMatching(said) });
    expect(stdout).toMatch(/web-2 .* left out: the upgrade stopped before it was its turn/);
    remount("rw,size=200m");
    expect((await upgrade(server, "--version", NEW)).exitCode).toBe(0);
  },
);

it("goes on without a host that is removed while it tries the new program", async () => {
  const server = await serve();
  const removed = await supervise(server, "web-1", { confirmSeconds: 20 });
  await supervise(server, "web-2", { confirmSeconds: 20 });
  await living(server, 2);
  const watched = server.follow("agents", "upgrade", "--version", BROKEN);
  await until("a host on trial", () => watched.stdout().includes("web-1") && removed.log().includes(SWITCHES));
  await server.sluice("hosts", "remove", "web-1");
  await watched.ended;
  expect(watched.stdout()).toMatch(/web-1 .* left out: the host was removed/);
  expect(watched.stdout()).toMatch(/web-2 .* RESTORED/);
  expect(await versions(server)).toEqual({ "web-2": `alive ${OLD}` });
});

describe.each(DATABASES)("on %s", (choice) => {
  it("survives a server that is killed again and again in the middle of a batch", async ({ skip }) => {
    skip(whyNoDatabase(choice) !== null, whyNoDatabase(choice) ?? "");
    const database = await openDatabase(choice);
    ending.push(() => database.close());
    const server = await serve({ databaseUrl: database.url });
    const agents: SupervisedAgent[] = [];
    for (const name of ["web-1", "web-2", "web-3", "web-4"]) agents.push(await supervise(server, name));
    await living(server, 4);
    await upgrade(server, "--version", NEW, "--batch", "2", "--no-watch");
    for (let kills = 0; kills < 6; kills += 1) {
      await wait(1_500 + 700 * kills);
      await server.kill();
      await wait(kills * 1_000);
      await server.start();
    }
    const { exitCode, stdout } = await server.run("agents", "watch");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.any(String) });
    await living(server, 4);
    expect(new Set(Object.values(await versions(server)))).toEqual(new Set([`alive ${NEW}`]));
    expect(agents.map(switchesOf)).toEqual([1, 1, 1, 1]);
  });
});

describe.skipIf(!isInstalled("faketime", "--version"))("a clock that jumps", () => {
  const clockOf = (folder: string) => ({
    LD_PRELOAD: execFileSync("sh", ["-c", "ls /usr/lib/*/faketime/libfaketimeMT.so.1"]).toString().trim(),
    FAKETIME_TIMESTAMP_FILE: join(folder, "clock"),
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  });
  function clock() {
    const folder = mkdtempSync(join(tmpdir(), "sluice-clock-"));
    ending.push(() => rmSync(folder, { recursive: true }));
    const set = (offset: string) => writeFileSync(join(folder, "clock"), `${offset}\n`);
    set("+0");
    return { environment: clockOf(folder), set };
  }

  it.each([["+3h"], ["-3h"]])("on the host by %s in its trial changes neither its end nor its length", async (jump) => {
    const server = await serve();
    const { environment, set } = clock();
    const agent = await supervise(server, "web-1", { environment, confirmSeconds: 20 });
    await living(server, 1);
    const watched = server.follow("agents", "upgrade", "--version", BROKEN);
    await until("a trial", () => agent.log().includes(SWITCHES));
    const began = performance.now();
    set(jump);
    expect(await watched.ended).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(15_000);
    expect(watched.stdout()).toContain("RESTORED");
    // The clock is off still: what is good is taken all the same.
    const { exitCode, stdout } = await upgrade(server, "--version", NEW);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.any(String) });
    expect(await versions(server)).toEqual({ "web-1": `alive ${NEW}` });
  });

  it.each([["+3h"], ["-3h"]])("of the server by %s fails no host that is under way", async (jump) => {
    const { environment, set } = clock();
    const server = await serve({ environment });
    const agent = await supervise(server, "web-1", { confirmSeconds: 20 });
    await supervise(server, "web-2", { confirmSeconds: 20 });
    await living(server, 2);
    const watched = server.follow("agents", "upgrade", "--version", NEW);
    await until("a host that switches", () => agent.log().includes(SWITCHES));
    set(jump);
    // Whoever watches is told that his clock and the server's differ.
    await watched.ended;
    await wait(10_000);
    set("+0");
    const { exitCode, stdout, stderr } = await server.run("agents", "watch");
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 done") });
  });
});

it("upgrades the others of a group that has an agent of before upgrades", async () => {
  const earlier = checkOutEarlier("e9b85ea");
  ending.push(() => earlier.remove());
  const server = await serve();
  await supervise(server, "web-1");
  await supervise(server, "web-2");
  const directory = mkdtempSync(join(tmpdir(), "sluice-earlier-agent-"));
  ending.push(() => rmSync(directory, { recursive: true, force: true }));
  const token = (await server.sluice("token", "create")).trim();
  const options = ["--server", server.url(), "--token", token, "--data", directory, "--name", "web-0"];
  await runProgram(earlier.sluice, ["agent", "enroll", ...options], cleanEnvironment());
  const child = spawn(earlier.sluice, ["agent", "run", "--data", directory], {
    stdio: "ignore",
    env: cleanEnvironment(),
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  ending.push(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  await living(server, 3);
  const { exitCode, stdout } = await upgrade(server, "--version", NEW);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/web-0 .* left out: its agent \(0\.1\.0\) cannot replace its own program/);
  expect(await versions(server)).toEqual({
    "web-0": "alive 0.1.0",
    "web-1": `alive ${NEW}`,
    "web-2": `alive ${NEW}`,
  });
});
