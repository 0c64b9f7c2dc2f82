import { type ChildProcess, execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { dieWithParent, whyNoNamespaces } from "@sluice/cli/up/isolation/namespace.ts";
import { type CodeDeployClient, codeDeployClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { readCommandLine } from "./command-line.ts";
import { hasHaproxy, writeBindings } from "./demo-bindings.ts";
import { playContainers, removeContainers, whyNoContainers } from "./demo-containers.ts";
import { playFunctions } from "./demo-functions.ts";
import { endChildren, expectThat, SLUICE, say, sluice, start, Unexpected } from "./demo-stage.ts";
import { freePort } from "./free-port.ts";

/** `npm run demo`: drives the command line as a person would, and checks what comes of it. */
const { values: options } = readCommandLine("npm run demo -- [--once]", {
  options: { once: { type: "boolean", default: false } },
});

const APPLICATION = "web";
const GROUP = "demo";
const HOST_TAG = { Key: "Environment", Value: "demo" };
const SIGNAL_BASE = 128;
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** `sluice deploy … --watch`. Gives its exit status. */
function deploy(revision: string): Promise<number> {
  const path = relative(process.cwd(), revision);
  return sluice("deploy", path, "--application", APPLICATION, "--group", GROUP, "--watch");
}

interface DemoHost {
  readonly name: string;
  readonly address: string;
}

/**
 * Starts `sluice up` and waits until it says that it is ready.
 * @param config sluice.yml
 */
async function startUp(config: string): Promise<{ readonly child: ChildProcess; readonly hosts: DemoHost[] }> {
  const tag = `${HOST_TAG.Key}=${HOST_TAG.Value}`;
  const args = ["up", "--listen", "127.0.0.1:0", "--tag", tag, "--config", relative(process.cwd(), config)];
  console.log(`$ sluice ${args.join(" ")}`);
  // Ends in order even if this process is killed.
  const [program = SLUICE, ...rest] = [...dieWithParent("TERM"), SLUICE, ...args];
  const child = start(program, rest, "piped", true);
  createInterface({ input: child.stderr! }).on("line", (line) => console.error(readable(line)));
  const hosts: DemoHost[] = [];
  const isReady = new Promise<boolean>((done) => {
    child.once("exit", () => done(false));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const host = /^ {2}(\S+) \(\S+\) {2}(\S+)/.exec(line);
      if (host !== null) hosts.push({ name: host[1] ?? "", address: host[2] ?? "" });
      if (host !== null || line.startsWith("Sluice listens") || line.startsWith("One host")) console.log(line);
      if (line.startsWith("Ready.")) done(true);
    });
  });
  expectThat(await isReady, "`sluice up` ended before it was ready");
  return { child, hosts };
}

/** What the server's log says; all of the line where it is more than a warning. */
function readable(line: string): string {
  if (!line.startsWith('{"level":40,')) return line;
  return `The server warns: ${(JSON.parse(line) as { readonly msg: string }).msg}`;
}

async function createGroup(codeDeploy: CodeDeployClient): Promise<void> {
  await codeDeploy.call("CreateApplication", { applicationName: APPLICATION, computePlatform: "Server" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.OneAtATime",
    ec2TagFilters: [{ ...HOST_TAG, Type: "KEY_AND_VALUE" }],
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  });
}

interface Place {
  readonly opt: string;
  readonly port: number;
}

/** Copies examples/web. Where it cannot be installed in /opt, or beside something else there, it goes below the demo's own directory. */
async function prepareRevision(directory: string, overlays: readonly string[], place: Place): Promise<void> {
  await cp("examples/web", directory, { recursive: true });
  for (const overlay of overlays) await cp(overlay, directory, { recursive: true });
  for (const file of ["appspec.yml", "scripts/service.sh"]) {
    const path = join(directory, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replaceAll("/opt/sluice-web", place.opt).replace("port=8080", `port=${place.port}`));
  }
}

/** What every host answers, shown as by curl; they have to name the deployment. */
async function showReleases(hosts: readonly DemoHost[], port: number, deploymentId: string): Promise<void> {
  for (const { name, address } of hosts) {
    const url = `http://${address}:${port}/release`;
    const { stdout } = await promisify(execFile)("curl", [
      "--silent",
      "--show-error",
      "--fail",
      "--max-time",
      "10",
      url,
    ]);
    console.log(`$ curl ${url}   # ${name}\n${stdout.trimEnd()}`);
    expectThat(stdout.includes(`"${deploymentId}"`), `${name} does not serve what ${deploymentId} deployed`);
  }
}

async function playDemo(directory: string, hosts: readonly DemoHost[], dataDirectory: string): Promise<void> {
  const place =
    (await whyNoNamespaces()) === undefined
      ? { opt: "/opt/sluice-web", port: 8080 }
      : { opt: join(directory, "opt", "sluice-web"), port: await freePort() };
  const codeDeploy = codeDeployClient(connectionTo(resolveConnection({ data: dataDirectory }), "codedeploy"));
  try {
    await createGroup(codeDeploy);
    const newest = async () => {
      const { deployments } = await codeDeploy.call("ListDeployments", {
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
      });
      return deployments ?? [];
    };

    say("A revision that works: examples/web, an HTTP service that its hooks start and check");
    const good = join(directory, "web");
    await prepareRevision(good, [], place);
    expectThat((await deploy(good)) === 0, "the deployment of examples/web did not succeed");
    await showReleases(hosts, place.port, (await newest())[0] ?? "");

    say("A broken one: it starts, and answers with 500. The group has automatic rollback");
    const broken = join(directory, "web-broken");
    await prepareRevision(broken, ["examples/web-broken"], place);
    const status = await deploy(broken);
    expectThat(status === 1, `the broken revision ended with status ${status}, not 1`);
    const brokenId = await failedOf(codeDeploy, await newest());
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId: brokenId });
    const rollbackId = deploymentInfo?.rollbackInfo?.rollbackDeploymentId ?? "";
    expectThat(rollbackId !== "", `${brokenId} was not rolled back`);
    const report = deploymentInfo?.errorInformation?.message ?? "";
    for (const part of ["ValidateService", "scripts/validate.sh"])
      expectThat(report.includes(part), `the report of the broken revision does not name ${part}: ${report}`);

    say(`The old revision answers again: ${rollbackId} has deployed it`);
    await showReleases(hosts, place.port, rollbackId);
  } finally {
    codeDeploy.close();
  }
}

async function failedOf(codeDeploy: CodeDeployClient, ids: readonly string[]): Promise<string> {
  for (const deploymentId of ids) {
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
    if (deploymentInfo?.status === "Failed") return deploymentId;
  }
  throw new Unexpected("no deployment has failed");
}

/** A link works once and not for long, so there is one when the demo begins and another one when it has ended. */
async function showConsole(dataDirectory: string, when: string): Promise<void> {
  say(when);
  expectThat((await sluice("console", "--no-open")) === 0, "`sluice console` made no link");
  console.log(
    `For another link, in another terminal: bin/sluice console --data ${relative(process.cwd(), dataDirectory)}`,
  );
}

function sayWhatNext(directory: string, dataDirectory: string): void {
  const data = relative(process.cwd(), dataDirectory);
  const web = relative(process.cwd(), join(directory, "web"));
  say("It runs until Ctrl-C. In another terminal, for example:");
  console.log(`  export SLUICE_DATA=${data}`);
  console.log("  bin/sluice hosts list");
  console.log(`  bin/sluice deploy ${web} --application ${APPLICATION} --group ${GROUP} --watch`);
  console.log('  eval "$(bin/sluice env)" && aws deploy list-deployments');
  console.log("  aws lambda list-functions");
}

const interrupted = new Promise<keyof typeof SIGNALS>((done) => {
  for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) process.on(signal, () => done(signal));
});
// A terminal that was closed takes no more output, and that is not to keep this from tidying up.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

await mkdir(resolve(".sluice"), { recursive: true });
const directory = await mkdtemp(resolve(".sluice", "demo-"));
const dataDirectory = join(directory, "data");
// Where every `sluice` that is started from here finds its server, and nowhere else.
for (const name of Object.keys(process.env)) if (name.startsWith("AWS_ENDPOINT_URL")) delete process.env[name];
process.env.SLUICE_DATA = dataDirectory;
let hasContainers = false;
try {
  console.log(`$ export SLUICE_DATA=${relative(process.cwd(), dataDirectory)}`);
  const play = async (): Promise<void> => {
    const obstacle = await whyNoContainers();
    hasContainers = obstacle === undefined;
    const surroundings = { hasContainers, hasHaproxy: await hasHaproxy(), isRoot: process.getuid?.() === 0 };
    const { child, hosts } = await startUp(await writeBindings(directory, surroundings));
    const ended = new Promise((done) => child.once("exit", done));
    await showConsole(dataDirectory, "The console shows in a browser what happens here");
    await playDemo(directory, hosts, dataDirectory);
    await playFunctions(directory, dataDirectory, surroundings);
    if (obstacle === undefined) await playContainers(directory, dataDirectory);
    else say(`Containers are not shown: ${obstacle}`);
    if (options.once) return;
    await showConsole(dataDirectory, "Everything is in the console, which you can go on by");
    sayWhatNext(directory, dataDirectory);
    await ended;
  };
  const signal = await Promise.race([play(), interrupted]);
  // Ctrl-C is how it ends, unless it was to end by itself.
  if (signal !== undefined && (options.once || signal !== "SIGINT")) process.exitCode = SIGNAL_BASE + SIGNALS[signal];
} catch (error) {
  console.error(`\ndemo: ${error instanceof Unexpected ? error.message : (error as Error).stack}`);
  process.exitCode = 1;
} finally {
  await endChildren();
  if (hasContainers) {
    await removeContainers(directory, dataDirectory).catch((error: Error) => {
      console.error(`demo: what it made in the Docker Engine is not removed: ${error.message}`);
      process.exitCode = 1;
    });
  }
  await rm(directory, { recursive: true, force: true });
}
// A step that was interrupted may still wait for an answer.
process.exit();
