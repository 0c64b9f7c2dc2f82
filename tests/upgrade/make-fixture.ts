/**
 * Makes the fixture of the current schema: a server and three hosts of this version, killed in the middle of a deployment. Run it when a
 * migration was added, and commit what it writes:
 *
 *     sh scripts/with-node.sh tests/upgrade/make-fixture.ts
 *
 * One host has finished the deployment, one has ended a hook that the server does not know of yet, one has not begun.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { dumpSqlite, type Places, readFiles, toPlaceholders } from "./fixture-files.ts";

const HOSTS = ["web-1", "web-2", "web-3"] as const;
const HELD = "AfterInstall";
/** What does not matter to the next version: sockets, locks, and databases that are written as SQL. */
const LEFT_OUT = /^(sluice\.db|bucket\/index\.sqlite|aws\/|metrics-token|database\.json)/;

const migrations = readdirSync(resolve(import.meta.dirname, "../../packages/server/src/store/migrations"));
const newest = migrations.sort().at(-1)!.replace(/\.ts$/, "");
const target = join(process.argv[2] ?? resolve(import.meta.dirname, "fixtures"), newest);
if (existsSync(target)) throw new Error(`${target} is there already: a schema's fixture is made once`);

const server = await startSluiceServer();
const codeDeploy = await CodeDeploy.begin(server);
await codeDeploy.createGroup({ group: "prod", fleet: "upgrade" });
const folders = HOSTS.map(() => new RecordingFolder());
const agents = await startSluiceAgents(
  server,
  ["Fleet=upgrade"],
  HOSTS.map((name, index) => ({ name, environment: { HOST_FOLDER: folders[index]!.path } })),
);
await until("every agent", () => agents.every((agent) => agent.log().includes("the agent runs")));
const revision = await codeDeploy.put(recordingBundle());
const done = await codeDeploy.end(await codeDeploy.deploy("prod", revision));
if (done.deploymentOverview?.Succeeded !== HOSTS.length) throw new Error(`the first deployment is ${done.status}`);

for (const folder of folders) folder.hold(HELD);
const deploymentId = await codeDeploy.deploy("prod", revision, "CodeDeployDefault.OneAtATime");
const runsOn = () =>
  folders.findIndex((folder) => folder.hasBegun(deploymentId, HELD) && !folder.hasEnded(deploymentId, HELD));
const first = await until("the hook on the first host", () => runsOn() >= 0 && folders[runsOn()]!);
first.releaseAll();
await until("the end of the first host", () => first.hasEnded(deploymentId, "ValidateService"));
const second = await until("the hook on the second host", () => runsOn() >= 0 && folders[runsOn()]!);
await server.kill();
second.releaseAll();
await until("the end of the hook", () => second.hasEnded(deploymentId, HELD));
await until("a report that nobody takes", () =>
  agents.some((agent) => /cannot be reached|ECONNREFUSED/.test(agent.log())),
);
for (const agent of agents) await agent.kill();
for (const folder of folders) folder.releaseAll();

const places: Places = {
  server: server.url(),
  data: server.data,
  ...Object.fromEntries(agents.map(({ name, directory }) => [name, directory])),
  ...Object.fromEntries(folders.map(({ path }, index) => [`${HOSTS[index]}-hooks`, path])),
};
mkdirSync(target, { recursive: true });
const text = (lines: readonly string[]) => `${toPlaceholders(lines.join("\n"), places)}\n`;
const database = dumpSqlite(join(server.data, "sluice.db"));
const bucket = dumpSqlite(join(server.data, "bucket/index.sqlite"));
writeFileSync(join(target, "schema.sql"), text(database.schema));
writeFileSync(join(target, "rows.sql"), text(database.rows));
writeFileSync(
  join(target, "bucket.sql"),
  text([`PRAGMA user_version = ${bucket.version};`, ...bucket.schema, ...bucket.rows]),
);
const files = {
  madeAt: Date.now(),
  deploymentId,
  server: readFiles(server.data, places).filter(({ path }) => !LEFT_OUT.test(path)),
  hosts: Object.fromEntries(
    agents.map(({ name, directory }, index) => [
      name,
      { agent: readFiles(directory, places), hooks: readFiles(folders[index]!.path, places) },
    ]),
  ),
};
writeFileSync(join(target, "files.json"), `${JSON.stringify(files, null, 1)}\n`);
codeDeploy.close();
await Promise.all(agents.map((agent) => agent.close()));
await server.close();
for (const folder of folders) folder.remove();
console.log(`${target}: a deployment of three hosts in its middle, ${deploymentId}`);
