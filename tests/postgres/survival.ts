import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endOf, outcomeOf } from "../hearing/heard-fleet.fixture.ts";
import { HOOK_EVENTS, recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { Random } from "../simulation/random.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

/**
 * A server on PostgreSQL, ten real agents, and troubles with the database in the middle of a deployment: connections that are ended,
 * restarts, outages. The same server has to live through all of them, every deployment to succeed on every host, and every hook to run
 * once. `npm run prove -- postgres`; the variables below say how often, and how long an outage is, in seconds.
 */
const TERMINATIONS = Number(process.env.SLUICE_POSTGRES_TERMINATIONS ?? 40);
const RESTARTS = Number(process.env.SLUICE_POSTGRES_RESTARTS ?? 5);
const OUTAGES_SECONDS = (process.env.SLUICE_POSTGRES_OUTAGES ?? "10,30,120").split(",").map(Number);
const SEED = Number(process.env.SLUICE_SEED ?? Date.now() % 1_000_000);
const HOSTS = 10;
const ALL_SUCCEEDED = `Succeeded: ${HOSTS} Succeeded `;
const LOOK_MILLISECONDS = 5;
/** The event whose hooks end while the database is away. */
const HELD = "AfterInstall";

interface Installation {
  readonly cluster: PostgresCluster;
  readonly server: SluiceServer;
  readonly codeDeploy: CodeDeploy;
  readonly folders: readonly RecordingFolder[];
  readonly deploy: () => Promise<string>;
}

/** Done to the database in the middle of a deployment. Returns what it was, for the table. */
type Trouble = (here: Installation, deploymentId: string) => Promise<string>;

interface Result {
  readonly trouble: string;
  /** Null: all is as it has to be. */
  readonly wrong: string | null;
  readonly seconds: number;
}

const random = new Random(SEED);
const hooksRun = ({ folders }: Installation, id: string) =>
  folders.reduce((sum, folder) => sum + Object.keys(folder.runs(id)).length, 0);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(LOOK_MILLISECONDS);
}

/** After so many of the hooks: not before the first host is at work, nor after the last one has ended. */
async function untilSomeHooks(here: Installation, id: string): Promise<number> {
  const hooks = random.integer(0, HOSTS * (HOOK_EVENTS.length - 1));
  await until(() => hooksRun(here, id) >= hooks);
  return hooks;
}

const terminateAll: Trouble = async (here, id) => {
  const hooks = await untilSomeHooks(here, id);
  return `${await here.cluster.terminateBackends(100)} backends terminated after ${hooks} hooks`;
};

const terminateOne: Trouble = async (here, id) => {
  const hooks = await untilSomeHooks(here, id);
  return `${await here.cluster.terminateBackends(1)} backend terminated after ${hooks} hooks`;
};

const restart: Trouble = async (here, id) => {
  const hooks = await untilSomeHooks(here, id);
  await here.cluster.shutDown();
  await here.cluster.start();
  return `restarted after ${hooks} hooks`;
};

function outage(seconds: number, kind: "stopped" | "hanging"): Trouble {
  return async ({ cluster, folders }, id) => {
    await until(() => folders.every((folder) => folder.hasBegun(id, HELD)));
    if (kind === "stopped") await cluster.shutDown();
    else cluster.suspend();
    const back = pause(seconds * 1_000);
    for (const folder of folders) folder.releaseAll();
    await until(() => folders.every((folder) => folder.hasEnded(id, HELD)));
    await back;
    if (kind === "stopped") await cluster.start();
    else cluster.resume();
    return `${kind} for ${seconds} s while ${HELD} ended on every host`;
  };
}

/** Why a deployment did not go as it has to, or null. */
async function wrongWith({ codeDeploy, folders, server }: Installation, id: string, pid: number) {
  const outcome = outcomeOf(await endOnceItIsBack(codeDeploy, id));
  const hooks = folders.flatMap((folder, host) =>
    HOOK_EVENTS.map((event) => ({ hook: `${event} of host ${host + 1}`, runs: folder.runs(id)[event] ?? 0 })),
  );
  const notOnce = hooks.filter(({ runs }) => runs !== 1).map(({ hook, runs }) => `${hook} ran ${runs} times`);
  const reasons = [
    ...(outcome === ALL_SUCCEEDED ? [] : [outcome]),
    ...notOnce,
    ...(server.pid() === pid && isRunning(pid) ? [] : ["the server ended"]),
  ];
  return reasons.length > 0 ? `${id}: ${reasons.join("; ")}` : null;
}

/** A database that is back takes its time on a busy machine: until then callers are told to try again. */
async function endOnceItIsBack(codeDeploy: CodeDeploy, id: string) {
  for (;;) {
    try {
      return await endOf(codeDeploy, id);
    } catch (error) {
      if ((error as Error).name !== "ServiceUnavailableException") throw error;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function suffer(here: Installation, trouble: Trouble, holds: boolean): Promise<Result> {
  const began = performance.now();
  const pid = here.server.pid();
  if (holds) for (const folder of here.folders) folder.hold(HELD);
  const id = await here.deploy();
  const words = await trouble(here, id);
  const wrong = await wrongWith(here, id, pid).catch((error) => `${id}: ${error}`);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${wrong === null ? "survived" : "FAILED  "}  ${words}, ${seconds.toFixed(1)} s${wrong ? ` (${wrong})` : ""}`,
  );
  return { trouble: words, wrong, seconds };
}

async function sufferAll(here: Installation): Promise<boolean> {
  const rows: string[] = [];
  let isWell = true;
  const many = async (name: string, troubles: readonly Trouble[], holds = false) => {
    const results: Result[] = [];
    for (const trouble of troubles) results.push(await suffer(here, trouble, holds));
    const survived = results.filter(({ wrong }) => wrong === null).length;
    isWell &&= survived === results.length;
    const longest = Math.max(0, ...results.map(({ seconds }) => seconds));
    rows.push(`| ${name} | ${survived} of ${results.length} | ${longest.toFixed(1)} s |`);
  };
  const terminations = Array.from({ length: TERMINATIONS }, (_, index) => (index % 2 ? terminateOne : terminateAll));
  await many("backends terminated, all or one at random", terminations);
  await many("PostgreSQL restarted", Array<Trouble>(RESTARTS).fill(restart));
  for (const seconds of OUTAGES_SECONDS) {
    await many(`PostgreSQL stopped for ${seconds} s`, [outage(seconds, "stopped")], true);
    await many(`PostgreSQL hanging for ${seconds} s`, [outage(seconds, "hanging")], true);
  }
  console.log(
    `\n| in mid-deployment to ${HOSTS} hosts | survived | longest deployment |\n|---|---|---|\n${rows.join("\n")}`,
  );
  return isWell;
}

async function prove(): Promise<boolean> {
  console.log(`SLUICE_SEED=${SEED}`);
  const cluster = await startPostgres();
  const server = await startSluiceServer({ databaseUrl: await cluster.newDatabase() });
  const codeDeploy = await CodeDeploy.begin(server);
  const folders = Array.from({ length: HOSTS }, () => new RecordingFolder());
  let agents: readonly SluiceAgent[] = [];
  let isWell = false;
  try {
    await codeDeploy.createGroup({ group: "prod", fleet: "survival" });
    const hosts = folders.map(({ path }, index) => ({ name: `web-${index + 1}`, environment: { HOST_FOLDER: path } }));
    agents = await startSluiceAgents(server, ["Fleet=survival"], hosts);
    const revision = await codeDeploy.put(recordingBundle());
    const deploy = () => codeDeploy.deploy("prod", revision);
    const isAlive = ({ hostId }: SluiceAgent, listed: string) => new RegExp(`${hostId} +alive `).test(listed);
    while (!(await server.sluice("hosts", "list").then((listed) => agents.every((agent) => isAlive(agent, listed)))));
    // From the second deployment on there is an ApplicationStop hook to run.
    const first = outcomeOf(await endOf(codeDeploy, await deploy()));
    if (first !== ALL_SUCCEEDED) throw new Error(`without any trouble: ${first}`);
    isWell = await sufferAll({ cluster, server, codeDeploy, folders, deploy });
  } finally {
    if (!isWell) {
      const log = join(server.data, "..", `sluice-survival-${process.pid}.log`);
      writeFileSync(log, [server.log(), ...agents.map((agent) => `${agent.name}:\n${agent.log()}`)].join("\n"));
      console.log(`the logs of the server and its agents: ${log}`);
    }
    codeDeploy.close();
    await Promise.all(agents.map((agent) => agent.close()));
    await server.close();
    await cluster.stop();
    for (const folder of folders) folder.remove();
  }
  return isWell;
}

const whyNot = whyNoPostgres();
if (whyNot !== null) console.log(whyNot);
process.exitCode = whyNot === null && (await prove()) ? 0 : 1;
