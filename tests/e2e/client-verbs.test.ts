import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  ListApplicationRevisionsCommand,
} from "@aws-sdk/client-codedeploy";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HOOK_EVENTS, hooksAppSpec, recordingBundle, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, eventOf, failedEvent } from "../installation/code-deploy.fixture.ts";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const ONE_AT_A_TIME = "CodeDeployDefault.OneAtATime";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
const folders = [new RecordingFolder(), new RecordingFolder()];
const slowFolder = new RecordingFolder();
let slow: SluiceAgent;
let recording: Awaited<ReturnType<CodeDeploy["put"]>>;
let work: string;
let timedOut: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-verbs-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  const hosts = folders.map(({ path }, index) => ({ name: `web-${index + 1}`, environment: { HOST_FOLDER: path } }));
  agents = await startSluiceAgents(server, ["Fleet=verbs"], hosts);
  slow = (
    await startSluiceAgents(server, ["Fleet=slow"], [{ name: "slow-1", environment: { HOST_FOLDER: slowFolder.path } }])
  )[0]!;
  await codeDeploy.createGroup({ group: "prod", fleet: "verbs" });
  await codeDeploy.createGroup({ group: "slow", fleet: "slow" });
  recording = await codeDeploy.put(recordingBundle());
  // Takes its ten seconds beside the other tests; the last one looks at what became of it.
  timedOut = await codeDeploy.deploy("slow", await codeDeploy.put(stubbornBundle()));
});
afterEach(() => {
  for (const folder of folders) folder.releaseAll();
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all([...agents, slow].map((agent) => agent?.close()));
  await server?.close();
  for (const folder of [...folders, slowFolder]) folder.remove();
  rmSync(work, { recursive: true, force: true });
});

/** A directory to deploy, with one hook for every event. */
function sources(name: string, hook: string): string {
  const directory = join(work, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "appspec.yml"),
    hooksAppSpec({ BeforeInstall: "prepare.sh", ValidateService: "check.sh" }),
  );
  writeFileSync(join(directory, "prepare.sh"), "#!/bin/sh\necho preparing\n", { mode: 0o755 });
  writeFileSync(join(directory, "check.sh"), `#!/bin/sh\n${hook}\n`, { mode: 0o755 });
  return directory;
}

const deployAndWatch = (directory: string, ...more: string[]) =>
  server.run("deploy", directory, "--application", "web", "--group", "prod", "--watch", ...more);

describe.skipIf(process.geteuid?.() !== 0)("sluice agent enroll (needs root, to give its directory away)", () => {
  it("warns root that the directory is another user's, and says what to do", async () => {
    const directory = join(work, "of-nobody");
    mkdirSync(directory);
    chownSync(directory, 65_534, 65_534);
    const tokenFile = join(work, "token");
    writeFileSync(tokenFile, await server.sluice("token", "create"));
    const command = ["agent", "enroll", "--server", server.url(), "--token-file", tokenFile, "--data", directory];
    const { exitCode, stderr } = await runProgram(SLUICE, command, cleanEnvironment());
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`${directory} belongs to the user 65534. Run: chown -R -h root ${directory}`);
    expect(stderr).toContain("sudo -u USER sluice agent enroll");
  });
});

describe("sluice agent status", () => {
  it("says that what holds the agent's socket does not answer", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-e2e-mute-"));
    const mute = createServer((socket) => socket.end());
    try {
      for (const name of ["agent.json", "credentials.json", "signing-certificate.pem"]) {
        copyFileSync(join(agents[0]!.directory, name), join(directory, name));
      }
      await new Promise<void>((resolve) => mute.listen(join(directory, "agent.sock"), resolve));
      const { stdout, stderr } = await runProgram(SLUICE, ["agent", "status", "--data", directory], cleanEnvironment());
      expect(stderr).toBe("");
      expect(stdout).toContain(`the process that has ${directory}/agent.sock open does not answer`);
    } finally {
      await new Promise((resolve) => mute.close(resolve));
      rmSync(directory, { recursive: true });
    }
  });
});

describe("sluice deploy --watch", () => {
  it("exits with 0 on Succeeded, after a line for each event of each host", async () => {
    const { exitCode, stdout, stderr } = await deployAndWatch(sources("good", "echo fine"));
    expect(exitCode, stderr).toBe(0);
    const deploymentId = /\bd-[A-Z0-9]{9}\b/.exec(stdout)?.[0];
    expect((await codeDeploy.deployment(deploymentId!)).status).toBe("Succeeded");
    for (const { name, hostId } of agents) {
      for (const event of HOOK_EVENTS) expect(stdout).toContain(`${name} (${hostId}) ${event} Succeeded`);
    }
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`${deploymentId} Succeeded`);
  });

  it("prints with --json an object a line as it happens, and the deployment last", async () => {
    writeFileSync(join(work, "hold"), "");
    const program = server.follow(
      "deploy",
      sources("json", `while [ -e ${work}/hold ]; do sleep 0.1; done`),
      ...["--application", "web", "--group", "prod", "--watch", "--json"],
    );
    // Before the deployment ends: a stream, and no report afterwards.
    await until("ValidateService", () => /"event":"ValidateService","status":"InProgress"/.test(program.stdout()));
    rmSync(join(work, "hold"));
    expect(await program.ended).toBe(0);
    const printed = program.stdout().trimEnd().split("\n");
    const objects = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects[0]).toMatchObject({ type: "deployment", application: "web", group: "prod" });
    expect(objects[0]!.revision).toMatch(/^s3:\/\/sluice-revisions\/web\/json-.*\.tgz$/);
    const ended = objects.filter(({ type, status }) => type === "event" && status === "Succeeded");
    expect(ended.length).toBeGreaterThan(HOOK_EVENTS.length);
    for (const { seconds } of ended) expect(seconds).toBeTypeOf("number");
    expect(objects.at(-1)).toMatchObject({ type: "end", status: "Succeeded", id: objects[0]!.deploymentId });
  });

  it("exits with 1 on Failed, and prints host, event, script and the end of its log", async () => {
    const directory = sources("bad", "for i in 1 2 3; do echo try $i; done\necho connection refused >&2\nexit 7");
    const { exitCode, stdout, stderr } = await deployAndWatch(directory);
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^d-[A-Z0-9]{9} Failed$/);
    expect(stderr).toMatch(/^d-[A-Z0-9]{9} Failed: HEALTH_CONSTRAINTS: 2 of 2 hosts failed/m);
    expect(stderr).toContain("The overall deployment failed because");
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^Next: sluice logs d-[A-Z0-9]{9} --host /);
    for (const { name, hostId } of agents) expect(stderr).toContain(`${name} (${hostId}) failed in ValidateService`);
    expect(stderr).toContain("script: check.sh");
    expect(stderr).toContain("ScriptFailed: Script at specified location: check.sh failed with exit code 7");
    for (const line of ["try 1", "try 3", "connection refused"]) expect(stderr).toContain(line);
  });

  it("exits with 1 where there was nobody to deploy to", async () => {
    await codeDeploy.createGroup({ group: "empty", fleet: "nobody" });
    const directory = sources("good", "echo fine");
    const result = await server.run("deploy", directory, "--application", "web", "--group", "empty", "--watch");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("NO_INSTANCES");
    expect(result.stderr).toContain("sluice hosts list");
  });

  it("exits with 1 when the deployment is stopped, and says so", async () => {
    writeFileSync(join(work, "hold"), "");
    const program = server.follow(
      "deploy",
      sources("stopped", `while [ -e ${work}/hold ]; do sleep 0.1; done`),
      ...["--application", "web", "--group", "prod", "--watch"],
    );
    await until("ValidateService", () => /ValidateService InProgress/.test(program.stdout()));
    const deploymentId = /\bd-[A-Z0-9]{9}\b/.exec(program.stdout())![0];
    const stop = await server.sluice("stop", deploymentId);
    expect(stop).toMatch(/\(i-\w+\) has until 20\S+Z to finish ValidateService\n/);
    expect(stop).toContain(`To follow it: sluice watch ${deploymentId} --data ${server.data}`);
    const told = new RegExp(`^${deploymentId} a stop was requested: .* \\(until 20\\S+Z at most\\)$`, "m");
    await until("word of the stop", () => told.test(program.stdout()));
    rmSync(join(work, "hold"));
    expect(await program.ended).toBe(1);
    expect(program.stdout().trimEnd().split("\n").at(-1)).toBe(`${deploymentId} Stopped`);
    expect(program.stderr()).toContain("MANUAL_STOP");
  });

  it("names a wrong group before it puts anything anywhere", async () => {
    const result = await server.run(
      "deploy",
      sources("good", ""),
      "--application",
      "web",
      "--group",
      "prdo",
      "--watch",
    );
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("prdo");
    expect(result.stderr).toContain("DeploymentGroupDoesNotExistException");
  });
});

describe("a folder for hosts", () => {
  it("is refused by a group of functions before anything is uploaded", async () => {
    const { client } = codeDeploy;
    await client.send(new CreateApplicationCommand({ applicationName: "functions", computePlatform: "Lambda" }));
    await client.send(
      new CreateDeploymentGroupCommand({
        applicationName: "functions",
        deploymentGroupName: "blue-green",
        serviceRoleArn: "arn:aws:iam::111122223333:role/x",
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      }),
    );
    const group = ["--application", "functions", "--group", "blue-green"];
    const deploy = await server.run("deploy", sources("good", ""), ...group);
    const rollback = await server.run("rollback", "--yes", ...group);
    const cure = expect.stringContaining("the group deploys to a Lambda function: name its AppSpec file");
    expect(deploy).toMatchObject({ exitCode: 2, stdout: "", stderr: cure });
    expect(rollback).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("blue-green") });
    const revisions = { applicationName: "functions" };
    expect((await client.send(new ListApplicationRevisionsCommand(revisions))).revisions).toEqual([]);
  });
});

describe("stopping a deployment in its middle", () => {
  it("lets the running hook end, goes no further, and leaves the other host untouched", async ({ skip }) => {
    const whyNot = whyNoAwsCli();
    skip(whyNot !== null, whyNot ?? "");
    for (const folder of folders) folder.hold("AfterInstall");
    const deploymentId = await codeDeploy.deploy("prod", recording, ONE_AT_A_TIME);
    const index = await until("AfterInstall on the first host", () => {
      const found = folders.findIndex((folder) => folder.hasBegun(deploymentId, "AfterInstall"));
      return found >= 0 && { found };
    });
    const first = { agent: agents[index.found]!, folder: folders[index.found]! };
    const other = { agent: agents[1 - index.found]!, folder: folders[1 - index.found]! };
    const answer = await server.aws("deploy", "stop-deployment", "--deployment-id", deploymentId);
    expect(JSON.parse(answer).status).toBe("Pending");
    for (const folder of folders) folder.releaseAll();
    const info = await codeDeploy.end(deploymentId);
    expect(info.status).toBe("Stopped");
    expect(info.deploymentOverview).toMatchObject({ Succeeded: 0, Failed: 1, Skipped: 1, InProgress: 0, Pending: 0 });
    expect(first.folder.hasEnded(deploymentId, "AfterInstall"), "the hook was left to end").toBe(true);
    const target = await codeDeploy.target(deploymentId, first.agent.hostId);
    expect(eventOf(target, "AfterInstall").status).toBe("Succeeded");
    expect(eventOf(target, "ApplicationStart").status).toBe("Skipped");
    expect(first.folder.hasBegun(deploymentId, "ApplicationStart")).toBe(false);
    expect(other.folder.runs(deploymentId)).toEqual({});
    expect((await codeDeploy.target(deploymentId, other.agent.hostId)).status).toBe("Skipped");
  });

  it("is over for good: the group takes the next deployment at once", async () => {
    const info = await codeDeploy.end(await codeDeploy.deploy("prod", recording));
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
  });
});

describe("sluice logs -f", () => {
  it("prints what a script writes while it still runs, and ends with the deployment", async () => {
    for (const folder of folders) folder.hold("ApplicationStart");
    const deploymentId = await codeDeploy.deploy("prod", recording);
    const program = server.follow("logs", deploymentId, "-f");
    try {
      await until("the hook's line while it waits", () => program.stdout().includes("ApplicationStart runs"));
      expect((await codeDeploy.deployment(deploymentId)).status).toBe("InProgress");
      expect(program.stdout()).not.toContain("ValidateService runs");
      for (const folder of folders) folder.releaseAll();
      expect(await program.ended).toBe(0);
    } finally {
      program.kill();
    }
    for (const { name, hostId } of agents) {
      expect(program.stdout()).toContain(`== ${name} (${hostId}) ValidateService record.sh\n  ValidateService runs`);
    }
    const none = await server.run("logs", deploymentId, "--event", "BeforeBlockTraffic");
    expect([none.exitCode, none.stdout]).toEqual([0, ""]);
    expect(none.stderr).toContain(
      `The server has no output of ${deploymentId} in BeforeBlockTraffic: no script wrote any`,
    );
    const only = await server.sluice("logs", deploymentId, "--host", "web-2", "--event", "AfterInstall");
    expect(only).toBe(`== web-2 (${agents[1]!.hostId}) AfterInstall record.sh\n  AfterInstall runs\n`);
  });
});

describe("a second server on the same data directory", () => {
  it("says so and exits, and the first goes on", async () => {
    const hostIds = async () => {
      const listed = JSON.parse(await server.sluice("hosts", "list", "--json")) as { readonly hostId: string }[];
      return listed.map(({ hostId }) => hostId);
    };
    const before = await hostIds();
    expect(before.length).toBeGreaterThanOrEqual(3);
    const args = ["server", "--data", server.data, "--listen", "127.0.0.1:0"];
    const { exitCode, stderr } = await runProgram(SLUICE, args, cleanEnvironment());
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`data directory ${server.data} is in use by another sluice server`);
    expect(stderr).toContain("another --data");
    expect(await hostIds()).toEqual(before);
  });
});

describe("a hook that takes longer than its time-out", () => {
  it("is ended with everything that it started, even what ignores SIGTERM", async () => {
    const info = await codeDeploy.end(timedOut);
    expect(info.status).toBe("Failed");
    const event = failedEvent(await codeDeploy.target(timedOut, slow.hostId));
    expect(event.lifecycleEventName).toBe("BeforeInstall");
    expect(event.diagnostics).toMatchObject({
      errorCode: "ScriptTimedOut",
      scriptName: "stubborn.sh",
      message: "Script at specified location: stubborn.sh failed to complete in 1 seconds",
    });
    expect(event.diagnostics?.logTail).toContain("waiting for the database");
    const processes = readFileSync(join(slowFolder.path, "processes"), "utf8").trim().split("\n").map(Number);
    expect(processes).toHaveLength(3);
    for (const process of processes) expect(isAlive(process), `process ${process}`).toBe(false);
    expect(existsSync(join(slowFolder.path, "asked-to-end")), "SIGTERM came before SIGKILL").toBe(true);
  });
});

/** Three processes: one that heeds SIGTERM, and two that do not. */
function stubbornBundle(): Buffer {
  const script = `#!/bin/sh
cd "$HOST_FOLDER"
(trap ': > asked-to-end' TERM; sh -c 'echo $PPID' >> processes; while :; do sleep 0.1; done) &
sleep 600 &
echo $! >> processes
echo $$ >> processes
trap '' TERM
echo waiting for the database
while :; do sleep 0.1; done
`;
  return tgzBundle(hooksAppSpec({ BeforeInstall: "stubborn.sh" }, 1), { "stubborn.sh": script });
}

/** A zombie that nobody reaps (a container without an init) is dead. */
function isAlive(process: number): boolean {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
