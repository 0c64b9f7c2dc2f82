import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { dieWithParent } from "@sluice/cli/up/namespace.ts";
import { codeDeployClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { readCommandLine } from "./command-line.ts";
import { freePort } from "./free-port.ts";

/** `npm run demo`: drives the command line as a person would, and checks what comes of it. */
const { values: options } = readCommandLine("npm run demo -- [--once]", {
  options: { once: { type: "boolean", default: false } },
});

const sluice = resolve("bin/sluice");
const application = "web";
const group = "demo";
const hasNamespaces = process.getuid?.() === 0;
const hostTag = { Key: "Environment", Value: "demo" };

/** A demo that is not as expected is a failure, told in one line. */
class Unexpected extends Error {}

function expectThat(condition: boolean, problem: string): void {
  if (!condition) throw new Unexpected(problem);
}

function say(text: string): void {
  console.log(`\n── ${text}`);
}

/** Runs `sluice …`, shows what it prints, and gives its exit status and all of its output. */
async function runSluice(args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  console.log(`$ sluice ${args.join(" ")}`);
  const child = spawn(sluice, args, { stdio: [process.stdin.isTTY ? "inherit" : "ignore", "pipe", "pipe"] });
  let output = "";
  for (const [stream, out] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk;
      out.write(chunk);
    });
  }
  const status = await new Promise<number>((done, failed) =>
    child.once("error", failed).once("close", (code) => done(code ?? 1)),
  );
  return { status, output };
}

interface DemoHost {
  readonly label: string;
  readonly address: string;
}

/** Starts `sluice up` and waits until it says that it is ready. */
async function startUp(dataDirectory: string): Promise<{ readonly child: ChildProcess; readonly hosts: DemoHost[] }> {
  const args = ["up", "--data", dataDirectory, "--listen", "127.0.0.1:0", "--tag", `${hostTag.Key}=${hostTag.Value}`];
  if (hasNamespaces) args.push("--hosts", "3");
  console.log(`$ sluice ${args.join(" ")}`);
  // Ends in order even if this process is killed.
  const [program = sluice, ...rest] = [...dieWithParent("TERM"), sluice, ...args];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const hosts: DemoHost[] = [];
  const isReady = new Promise<boolean>((done) => {
    child.once("exit", () => done(false));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      console.log(line);
      const host = /^ {2}(\S+ \(\S+\)) {2}(\S+)/.exec(line);
      if (host !== null) hosts.push({ label: host[1] ?? "", address: host[2] ?? "" });
      if (line.startsWith("Ready.")) done(true);
    });
  });
  expectThat(await isReady, "`sluice up` ended before it was ready");
  return { child, hosts };
}

async function createGroup(dataDirectory: string): Promise<void> {
  const codeDeploy = codeDeployClient(connectionTo(resolveConnection({ data: dataDirectory }), "codedeploy"));
  await codeDeploy.call("CreateApplication", { applicationName: application, computePlatform: "Server" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: application,
    deploymentGroupName: group,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.OneAtATime",
    ec2TagFilters: [{ ...hostTag, Type: "KEY_AND_VALUE" }],
  });
  codeDeploy.close();
  console.log(
    `created the application ${application} and its group ${group}: the hosts tagged ${hostTag.Key}=${hostTag.Value}`,
  );
}

/** Copies examples/web. Without root it cannot be installed in /opt, so it goes below the demo's own directory. */
async function prepareRevision(
  directory: string,
  overlays: readonly string[],
  place: { opt: string; port: number },
): Promise<void> {
  await cp("examples/web", directory, { recursive: true });
  for (const overlay of overlays) await cp(overlay, directory, { recursive: true });
  for (const file of ["appspec.yml", "scripts/service.sh"]) {
    const path = join(directory, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replaceAll("/opt/sluice-web", place.opt).replace("port=8080", `port=${place.port}`));
  }
}

async function showRelease(host: DemoHost, port: number): Promise<string> {
  const url = `http://${host.address}:${port}/release`;
  const { stdout } = await promisify(execFile)("curl", ["--silent", "--show-error", "--fail", "--max-time", "10", url]);
  console.log(`$ curl ${url}   # ${host.label}\n${stdout.trimEnd()}`);
  return stdout;
}

async function playDemo(directory: string, hosts: readonly DemoHost[], dataDirectory: string): Promise<void> {
  const place = hasNamespaces
    ? { opt: "/opt/sluice-web", port: 8080 }
    : { opt: join(directory, "opt", "sluice-web"), port: await freePort() };
  await createGroup(dataDirectory);
  const deploy = (revision: string) =>
    runSluice(["deploy", revision, "--application", application, "--group", group, "--watch", "--data", dataDirectory]);

  say("A revision that works: examples/web, an HTTP service that its hooks start and check");
  const good = join(directory, "web");
  await prepareRevision(good, [], place);
  const first = await deploy(good);
  expectThat(first.status === 0, "the deployment of examples/web did not succeed");
  const deploymentId = /\bd-[A-Z0-9]{9}\b/.exec(first.output)?.[0] ?? "";
  for (const host of hosts) {
    const release = await showRelease(host, place.port);
    expectThat(release.includes(`"${deploymentId}"`), `${host.label} does not serve what ${deploymentId} deployed`);
  }

  say("A revision that is broken: the service starts, and answers every request with 500");
  const broken = join(directory, "web-broken");
  await prepareRevision(broken, ["examples/web-broken"], place);
  const second = await deploy(broken);
  expectThat(second.status === 1, `the broken revision ended with status ${second.status}, not 1`);
  for (const part of ["ValidateService", "scripts/validate.sh", "answered 500"]) {
    expectThat(second.output.includes(part), `the report of the broken revision does not name ${part}`);
  }
}

const directory = await mkdtemp(
  join(await mkdir(resolve(".sluice"), { recursive: true }).then(() => resolve(".sluice")), "demo-"),
);
const dataDirectory = join(directory, "data");
let up: ChildProcess | undefined;
let isInterrupted = false;
const interrupted = new Promise<void>((done) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      isInterrupted = true;
      done();
    });
  }
});

try {
  if (!hasNamespaces)
    console.log("Not root: one host, which is this machine itself, and the service below .sluice/ instead of /opt.");
  const started = await startUp(dataDirectory);
  up = started.child;
  const ended = await Promise.race([playDemo(directory, started.hosts, dataDirectory), interrupted]);
  if (!options.once && !isInterrupted) {
    say("It goes on until Ctrl-C. To try next, in another terminal:");
    console.log(`  bin/sluice hosts list --data ${dataDirectory}`);
    console.log(
      `  bin/sluice deploy ${join(directory, "web")} --application ${application} --group ${group} --watch --data ${dataDirectory}`,
    );
    console.log(`  eval "$(bin/sluice env --data ${dataDirectory})" && aws deploy list-deployments`);
    await Promise.race([interrupted, new Promise((done) => started.child.once("exit", done))]);
  }
  void ended;
  if (options.once && !isInterrupted) say("Both were as they should be.");
} catch (error) {
  console.error(`\ndemo: ${error instanceof Unexpected ? error.message : (error as Error).stack}`);
  process.exitCode = 1;
} finally {
  if (up !== undefined && up.exitCode === null && up.signalCode === null) {
    const gone = new Promise((done) => up?.once("exit", done));
    up.kill("SIGTERM");
    await gone;
  }
  await rm(directory, { recursive: true, force: true });
}
if (isInterrupted && options.once) process.exitCode = 130;
