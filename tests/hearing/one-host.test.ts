import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HOOK_EVENTS, recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** Beyond every deadline that a host has. */
const OUTAGE_MILLISECONDS = 5 * 3_600_000;
/** In which a server that has started decides whatever it decides. */
const DECIDES_MILLISECONDS = 1_000;

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agent: SluiceAgent;
let deploy: () => Promise<string>;
const folder = new RecordingFolder();

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  await codeDeploy.createGroup({ group: "one", fleet: "one" });
  agent = await startSluiceAgent(server, {
    name: "web-1",
    tags: ["Fleet=one"],
    environment: { HOST_FOLDER: folder.path },
  });
  const revision = await codeDeploy.put(recordingBundle());
  deploy = () => codeDeploy.deploy("one", revision);
});
afterEach(() => {
  agent.resume();
  folder.releaseAll();
});
afterAll(async () => {
  codeDeploy?.close();
  await agent?.close();
  await server?.close();
  folder.remove();
});

async function expectSuccess(deploymentId: string): Promise<void> {
  const info = await codeDeploy.end(deploymentId);
  expect(info.status, info.errorInformation?.message).toBe("Succeeded");
  for (const times of Object.values(folder.runs(deploymentId))) expect(times).toBe(1);
  expect(Object.keys(folder.runs(deploymentId)).length).toBeGreaterThanOrEqual(HOOK_EVENTS.length - 1);
}

async function deployUntilIn(event: string): Promise<string> {
  folder.hold(event);
  const deploymentId = await deploy();
  await until(`${event} to begin`, () => folder.hasBegun(deploymentId, event));
  return deploymentId;
}

/** Kills the server, and starts it when, as far as it can know, hours have passed. */
async function outlastOutage(deploymentId: string): Promise<void> {
  await server.kill();
  const database = new DatabaseSync(join(server.data, "sluice.db"));
  try {
    const row = database.prepare("SELECT state_json FROM targets WHERE deployment_id = ?").get(deploymentId);
    const earlier = String(row?.state_json).replace(
      /"(availableAt|acknowledgedAt)":(\d+)/g,
      (_, name, at) => `"${name}":${Number(at) - OUTAGE_MILLISECONDS}`,
    );
    expect(earlier).not.toBe(row?.state_json);
    database.prepare("UPDATE targets SET state_json = ? WHERE deployment_id = ?").run(earlier, deploymentId);
    database.prepare("UPDATE deployments SET wake_at = 0 WHERE deployment_id = ?").run(deploymentId);
  } finally {
    database.close();
  }
  await server.start();
  await sleep(DECIDES_MILLISECONDS);
}

describe("an outage of hours", () => {
  it("fails no host for an event that it had in hand", async () => {
    const deploymentId = await deployUntilIn("AfterInstall");
    await outlastOutage(deploymentId);
    folder.releaseAll();
    await expectSuccess(deploymentId);
  });

  it("fails no host for an event that it had not taken up", async () => {
    agent.pause();
    const deploymentId = await deploy();
    const isBegun = async () => (await codeDeploy.deployment(deploymentId)).deploymentOverview?.InProgress === 1;
    await until("an event for the host", isBegun);
    await outlastOutage(deploymentId);
    agent.resume();
    await expectSuccess(deploymentId);
  });
});

it("a host whose clock is off is told as that, in the hosts' list and in the deployment, and not as silent", async () => {
  const token = (await server.sluice("token", "create", "--tag", "Fleet=clock")).trim();
  const unsigned = sluiceClient({ endpoint: server.url(), region: "us-east-1" });
  const { accessKeyId, secretAccessKey, hostIdentifier, region } = await unsigned.call("EnrolHost", {
    token,
    hostName: "late-1",
  });
  unsigned.close();
  await codeDeploy.createGroup({ group: "clock", fleet: "clock" });
  const connection = { endpoint: server.url(), region, credentials: { accessKeyId, secretAccessKey } };
  const right = sluiceClient(connection);
  const late = sluiceClient({
    ...connection,
    clock: { now: () => new Date(Date.now() - 600_000), refused: () => false },
  });
  const beat = (client: typeof right, goodbye: boolean) =>
    client.call("HostHeartbeat", { hostIdentifier, heldCommands: [], goodbye });
  try {
    // Dark at once, and not after its grace.
    await beat(right, true);
    // With the time that a call needs to be answered.
    const words = /clock of late-1.* is (599|6\d\d) s behind this server's/;
    await until("the second refusal to be believed", async () => {
      await expect(beat(late, false)).rejects.toThrow(/Signature/);
      await sleep(500);
      return words.test((await server.run("hosts", "list")).stderr);
    });
    const info = await codeDeploy.end(await codeDeploy.deploy("clock", await codeDeploy.put(recordingBundle())));
    expect(info.errorInformation?.message).toMatch(words);
    expect(info.errorInformation?.message).toContain("timedatectl set-ntp true on late-1");
  } finally {
    right.close();
    late.close();
  }
});

it("an agent that is restarted in order, in the middle of a deployment and between two events, goes on with it", async () => {
  const deploymentId = await deployUntilIn("BeforeInstall");
  const stopping = agent.stop();
  await sleep(100);
  folder.releaseAll();
  await stopping;
  agent.start();
  await expectSuccess(deploymentId);
});
