import { afterEach, describe, expect, it } from "vitest";
import {
  agentProgram,
  offerProgram,
  type SupervisedAgent,
  superviseAgent,
} from "../installation/agent-program.fixture.ts";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { DATABASES, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type ProgramResult, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const [OLD, NEW] = ["0.1.9", "0.3.0"];
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve(databaseUrl: string | undefined): Promise<SluiceServer> {
  const args = databaseUrl === undefined ? [] : ["--allow-several-servers"];
  const server = await startSluiceServer({ databaseUrl, args });
  ending.push(() => server.close());
  for (const version of [OLD, NEW]) offerProgram(server, version, await agentProgram(version));
  return server;
}

async function supervise(server: SluiceServer, name: string, options: Parameters<typeof superviseAgent>[3] = {}) {
  const agent: SupervisedAgent = await superviseAgent(server, name, await agentProgram(OLD), options);
  ending.push(() => agent.close());
  return agent;
}

async function versions(server: SluiceServer): Promise<readonly string[]> {
  const hosts = JSON.parse(await server.sluice("agents", "--json")) as { agentVersion?: string; state: string }[];
  return hosts.map(({ agentVersion, state }) => (state === "alive" ? (agentVersion ?? "") : state));
}

const living = (server: SluiceServer, hosts: number) =>
  until("hosts that live", async () => {
    const found = await versions(server);
    return found.length === hosts && found.every((version) => version === OLD);
  });

function upgrade(server: SluiceServer, ...options: readonly string[]): Promise<ProgramResult> {
  return server.run("agents", "upgrade", ...options);
}

describe.each(DATABASES)("on %s", (choice) => {
  it("goes on after the server was killed in its middle, and leaves out a host that was removed", async ({ skip }) => {
    skip(whyNoDatabase(choice) !== null, whyNoDatabase(choice) ?? "");
    const database = await openDatabase(choice);
    ending.push(() => database.close());
    const server = await serve(database.url);
    const agents: SupervisedAgent[] = [];
    for (const name of ["web-1", "web-2", "web-3"]) agents.push(await supervise(server, name));
    await living(server, 3);
    expect((await upgrade(server, "--version", NEW, "--no-watch")).exitCode).toBe(0);
    await until("a host that has begun", () => agents[0]!.log().includes("its supervisor starts the new one"));
    await server.kill();
    await server.start();
    await server.sluice("hosts", "remove", "web-3");
    const watched = await server.run("agents", "watch");
    expect(watched.stdout).toMatch(/web-3 .* left out: the host was removed/);
    expect(watched.exitCode).toBe(1);
    expect(await versions(server)).toEqual([NEW, NEW]);
  });
});

it("takes an earlier version only where a downgrade is asked for", async () => {
  const server = await serve(undefined);
  await supervise(server, "web-1");
  await living(server, 1);
  expect(await upgrade(server, "--version", NEW)).toMatchObject({ exitCode: 0 });
  const refused = await upgrade(server, "--version", OLD);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(
    "web-1 (0.3.0) has a later one. To replace it by the earlier one, add --allow-downgrade",
  );
  expect(await upgrade(server, "--version", OLD, "--allow-downgrade")).toMatchObject({ exitCode: 0 });
  expect(await versions(server)).toEqual([OLD]);
});

it("lets a host end the deployment that it is in", async () => {
  const server = await serve(undefined);
  const folder = new RecordingFolder();
  ending.push(() => folder.remove());
  await supervise(server, "web-1", { tags: ["Fleet=upgrade"], environment: { HOST_FOLDER: folder.path } });
  await living(server, 1);
  const codeDeploy = await CodeDeploy.begin(server);
  ending.push(() => codeDeploy.close());
  await codeDeploy.createGroup({ group: "prod", fleet: "upgrade" });
  folder.hold("AfterInstall");
  const deploymentId = await codeDeploy.deploy("prod", await codeDeploy.put(recordingBundle()));
  await until("a hook that waits", () => folder.hasBegun(deploymentId, "AfterInstall"));
  const watched = server.follow("agents", "upgrade", "--group", "web/prod", "--version", NEW);
  await until("a host that waits", () => watched.stdout().includes(`waits: it takes part in ${deploymentId}`));
  folder.releaseAll();
  expect((await codeDeploy.end(deploymentId)).status).toBe("Succeeded");
  expect(await watched.ended).toBe(0);
  expect(folder.runs(deploymentId).AfterInstall).toBe(1);
});

it("is shared by two servers on one database", async ({ skip }) => {
  skip(whyNoDatabase("postgres") !== null, whyNoDatabase("postgres") ?? "");
  const database = await openDatabase("postgres");
  ending.push(() => database.close());
  const [one, other] = [await serve(database.url), await serve(database.url)];
  await supervise(one, "web-1");
  await supervise(other, "web-2");
  await living(one, 2);
  const { exitCode, stdout } = await upgrade(other, "--version", NEW);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  // One at a time, whichever server it polls, and whichever is heard first.
  const begun = stdout.split("\n").filter((line) => /^web-\d .*(?: offered | downloads | starts | done )/.test(line));
  const [first = "", second = ""] = new Set(begun.map((line) => line.slice(0, "web-1".length)));
  expect([first, second].toSorted()).toEqual(["web-1", "web-2"]);
  const firstOfSecond = begun.findIndex((line) => line.startsWith(second));
  expect(begun.slice(0, firstOfSecond).at(-1)).toContain("done (0.1.9 → 0.3.0)");
  expect(begun.slice(firstOfSecond).every((line) => line.startsWith(second))).toBe(true);
  expect(await versions(one)).toEqual([NEW, NEW]);
});
