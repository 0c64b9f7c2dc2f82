import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { enrolledDirectory } from "../agent/agent-bench.fixture.ts";
import { FakeCommandServer } from "../agent/fake-command-server.fixture.ts";
import { agentProgram, offerProgram } from "../installation/agent-program.fixture.ts";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { checkOutEarlier, type EarlierVersion } from "../installation/earlier-version.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** Of version 0.1.0: what hosts and servers ran before agents could be upgraded. */
const EARLIER = "e9b85ea";

let earlier: EarlierVersion;
const ending: (() => unknown)[] = [];

beforeAll(() => {
  earlier = checkOutEarlier(EARLIER);
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(() => earlier.remove());

interface EarlierAgent {
  readonly log: () => string;
  readonly isRunning: () => boolean;
}

function runEarlierAgent(directory: string, environment: NodeJS.ProcessEnv = {}): EarlierAgent {
  let log = "";
  const child: ChildProcess = spawn(earlier.sluice, ["agent", "run", "--data", directory], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...cleanEnvironment(), ...environment },
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  ending.push(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
  return { log: () => log, isRunning: () => child.exitCode === null && child.signalCode === null };
}

async function deployOnce(server: SluiceServer): Promise<string | undefined> {
  const codeDeploy = await CodeDeploy.begin(server);
  ending.push(() => codeDeploy.close());
  await codeDeploy.createGroup({ group: "prod", fleet: "compat" });
  const revision = await codeDeploy.put(recordingBundle());
  return (await codeDeploy.end(await codeDeploy.deploy("prod", revision))).status;
}

it("an agent of before upgrades deploys with this server, and is left out of an upgrade with the cure", async () => {
  const server = await startSluiceServer();
  ending.push(() => server.close());
  const folder = new RecordingFolder();
  ending.push(() => folder.remove());
  const directory = mkdtempSync(join(tmpdir(), "sluice-earlier-agent-"));
  const token = (await server.sluice("token", "create", "--tag", "Fleet=compat")).trim();
  const options = ["--server", server.url(), "--token", token, "--data", directory, "--name", "web-1"];
  const enrolled = await runProgram(earlier.sluice, ["agent", "enroll", ...options], cleanEnvironment());
  expect(enrolled).toMatchObject({ exitCode: 0 });
  const agent = runEarlierAgent(directory, { HOST_FOLDER: folder.path });
  await until("a host that lives", async () => (await server.sluice("hosts", "list")).includes("alive"));
  expect(await deployOnce(server)).toBe("Succeeded");

  offerProgram(server, "0.9.0", await agentProgram("0.9.0"));
  const upgraded = await server.run("agents", "upgrade", "--version", "0.9.0");
  expect(upgraded.exitCode).toBe(1);
  expect(upgraded.stdout).toMatch(
    /web-1 .* left out: its agent \(0\.1\.0\) cannot replace its own program: join the host again with the line of `sluice token create`; it keeps its id/,
  );
  expect(agent.isRunning()).toBe(true);
  expect(JSON.parse(await server.sluice("agents", "list", "--json"))).toMatchObject([
    { hostName: "web-1", state: "alive", agentVersion: "0.1.0", isAgentBehind: true },
  ]);
});

it("an agent of before upgrades works on when its heartbeats are answered with an offer", async () => {
  const server = await FakeCommandServer.start();
  ending.push(() => server.goAway());
  server.heartbeatAnswer = { agentOffer: { format: "PKCS7/JSON", envelope: "an offer" }, isAgentUpgradeHeard: true };
  const agent = runEarlierAgent(enrolledDirectory(server));
  await until("heartbeats after an offer", () => server.callsOf("HostHeartbeat").length > 3);
  await until("polls after an offer", () => server.callsOf("PollHostCommand").length > 1);
  expect(agent.isRunning()).toBe(true);
  expect(agent.log()).not.toMatch(/heartbeat was not answered/);
});

it("this agent deploys with a server of before upgrades", async () => {
  const server = await startSluiceServer({ inside: ["sh", "-c", `exec ${earlier.sluice} "$@"`] });
  ending.push(() => server.close());
  const folder = new RecordingFolder();
  ending.push(() => folder.remove());
  const agent = await startSluiceAgent(server, {
    name: "web-1",
    tags: ["Fleet=compat"],
    environment: { HOST_FOLDER: folder.path },
  });
  ending.push(() => agent.close());
  await until("an agent that runs", () => agent.log().includes("the agent runs"));
  expect(await deployOnce(server)).toBe("Succeeded");
  expect(agent.log()).not.toMatch(/heartbeat was not answered|did not answer a poll/);
});
