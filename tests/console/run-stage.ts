import { setTimeout as sleep } from "node:timers/promises";
import { readCommandLine } from "../../scripts/command-line.ts";
import { type Stage, startStage } from "./stage.fixture.ts";

/** `sh scripts/with-node.sh tests/console/run-stage.ts`: a server with something to see, until Ctrl-C. Something always moves in it. */
const { values: options } = readCommandLine(
  "sh scripts/with-node.sh tests/console/run-stage.ts [--hostile] [--hosts N]",
  {
    options: { hostile: { type: "boolean", default: false }, hosts: { type: "string", default: "200" } },
  },
);

/** Ctrl-C, or whatever else ends it. */
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
});

const LOOK_MILLISECONDS = 1_000;

/** The slow deployment, and when it has ended another one, and so on; for hours, so that no wait is too long. */
async function keepMoving({ deployments, deploy, codeDeploy }: Stage): Promise<never> {
  const isOver = async (deploymentId: string) =>
    (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo?.completeTime !== undefined;
  const versions = ["8.4.2-steady", "8.4.1-slow", "8.4.3-steady"];
  for (let id = deployments.slow, round = 0; ; round++) {
    while (!(await isOver(id))) await sleep(LOOK_MILLISECONDS);
    id = await deploy("search", "api", versions[round % versions.length]!, { description: "Rank by margin, again" });
  }
}

await using undo = new AsyncDisposableStack();
const begun = Date.now();
const stage = await startStage(undo, {
  hosts: Number(options.hosts),
  isHostile: options.hostile,
  say: (text) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s: ${text}`),
});
console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s: everything is in its place`);
for (const [name, id] of Object.entries(stage.deployments)) console.log(`  ${name.padEnd(12)}${id}`);
console.log(`  URL         ${stage.server.url()}\n  key         ${stage.key.accessKeyId} ${stage.key.secretAccessKey}`);
const link = await stage.link().catch((error: unknown) => `none: ${error}`);
console.log(`  link        ${link}`);
console.log(`  data        ${stage.server.data}\nIt runs until Ctrl-C.`);
await Promise.race([keepMoving(stage), interrupted]);
