import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appSpec, createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import type { HostConfigInput } from "../host-config.ts";
import { ownAccount } from "../install/accounts.ts";
import { type DeploymentLayout, layoutOf } from "../layout.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";
import { EventLog } from "./event-log.ts";
import { MAX_OUTPUT_STREAM_BYTES } from "./output-stream.ts";
import { scriptCommand } from "./script-command.ts";

/** What Node reads of a pipe at a time. */
const PIECE_BYTES = 64 * 1024;

let fixture: HostFixture;
let layout: DeploymentLayout;

async function start(config: HostConfigInput = {}): Promise<void> {
  fixture = await createHostFixture(config);
  layout = layoutOf(fixture.root, specification());
}
beforeEach(() => start());
afterEach(() => {
  vi.restoreAllMocks();
  return fixture.close();
});

interface Hook {
  readonly script: string;
  readonly location?: string;
  /** Further lines of the hook in the AppSpec. */
  readonly settings?: readonly string[];
  readonly mode?: number;
}

/** Writes an archive with these scripts for one event, as DownloadBundle would have left it. */
function writeArchive(event: string, hooks: readonly Hook[], archive = layout.archiveDirectory): void {
  const lines = ["version: 0.0", "os: linux", "hooks:", `  ${event}:`];
  for (const [index, { script, location = `script-${index}`, settings = [], mode = 0o755 }] of hooks.entries()) {
    lines.push(`    - location: ${location}`, ...settings.map((setting) => `      ${setting}`));
    const path = join(archive, location);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, script);
    chmodSync(path, mode);
  }
  writeFileSync(join(archive, "appspec.yml"), `${lines.join("\n")}\n`);
}

function runScripts(...hooks: readonly Hook[]): Promise<CommandOutcome> {
  writeArchive("ApplicationStart", hooks);
  return fixture.run("ApplicationStart");
}

const sh = (body: string) => `#!/bin/sh\n${body}\n`;
const scriptsLog = () => readFileSync(layout.scriptsLogFile, "utf8");
const streamed = (stream: string) =>
  fixture.output.flatMap((chunk) => (chunk.stream === stream ? [chunk.text] : [])).join("");

describe("how a script ends", () => {
  test("all scripts run in order in the archive's root; the log holds their last lines", async () => {
    const outcome = await runScripts({ script: sh("pwd") }, { script: sh("echo two >&2") });
    expect(outcome).toEqual({
      errorCode: 0,
      scriptName: "",
      message: "Succeeded",
      log:
        `LifecycleEvent - ApplicationStart\nScript - script-0\n[stdout]${layout.archiveDirectory}\n` +
        "Script - script-1\n[stderr]two\n",
    });
  });

  test("the first that fails ends the event, in the reference agent's words", async () => {
    const outcome = await runScripts({ script: sh("echo oops; exit 3") }, { script: sh("echo never") });
    expect(outcome).toMatchObject({
      errorCode: 4,
      scriptName: "script-0",
      message: "Script at specified location: script-0 failed with exit code 3",
    });
    expect(outcome.log).toContain("[stdout]oops\n");
    expect(scriptsLog()).not.toContain("never");
  });

  test("a killed script names its signal", async () => {
    const { message } = await runScripts({ script: sh("kill -9 $$") });
    expect(message).toBe("Script at specified location: script-0 failed with exit code 137 (killed by SIGKILL)");
  });

  test("a missing script", async () => {
    writeArchive("ApplicationStart", [{ script: "", location: "there" }]);
    const appSpec = join(layout.archiveDirectory, "appspec.yml");
    writeFileSync(appSpec, readFileSync(appSpec, "utf8").replace("there", "not/there"));
    expect(await fixture.run("ApplicationStart")).toMatchObject({
      errorCode: 1,
      scriptName: "not/there",
      message: `Script does not exist at specified location: ${layout.archiveDirectory}/not/there`,
    });
  });

  test("a script without a shebang runs, as does one whose path has blanks and quotes", async () => {
    const outcome = await runScripts({ script: "echo plain $0\n" }, { script: sh("echo odd"), location: `a 'b"/c` });
    expect(outcome.log).toMatch(/\[stdout\]plain .*script-0\n.*\[stdout\]odd\n/s);
  });

  test("a missing executable bit is added, and the log warns", async () => {
    expect(await runScripts({ script: sh("echo ran"), mode: 0o644 })).toMatchObject({ errorCode: 0 });
    expect(streamed("agent")).toBe(
      "Script at specified location: script-0 is not executable. Trying to make it executable.\n",
    );
  });

  test("strict scripts refuse it", async () => {
    await fixture.close();
    await start({ strictScripts: true });
    expect(await runScripts({ script: sh("echo ran"), mode: 0o644 })).toMatchObject({
      errorCode: 2,
      scriptName: "script-0",
    });
  });

  test("an interpreter that is not there is named as the cause", async () => {
    const { errorCode, message } = await runScripts({ script: "#!/bin/sh\r\necho x\r\n" });
    expect(errorCode).toBe(4);
    expect(message).toMatch(/script-0 failed with error ENOENT.*Windows line ends/);
  });

  test("a missing sudo is named as the cause", async () => {
    vi.spyOn(process, "geteuid").mockReturnValue(54_321);
    await fixture.close();
    await start({ environment: { PATH: "/nonexistent" } });
    const outcome = await runScripts({ script: sh("true"), settings: ["sudo: true"] });
    expect(outcome).toMatchObject({ errorCode: 4, message: expect.stringContaining("Install sudo on this host.") });
  });

  test("standard input is at its end", async () => {
    expect((await runScripts({ script: sh("cat; echo done") })).log).toContain("[stdout]done\n");
  });
});

describe("time-outs", () => {
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    } catch {
      return false;
    }
  };

  test("end the whole process group, grandchildren included", async () => {
    const pidFile = join(fixture.root, "grandchild");
    const outcome = await runScripts({
      script: sh(`(sleep 300 & echo $! > ${pidFile}; wait) & wait`),
      settings: ["timeout: 2"],
    });
    expect(outcome).toMatchObject({
      errorCode: 3,
      scriptName: "script-0",
      message: "Script at specified location: script-0 failed to complete in 2 seconds",
    });
    const grandchild = Number(readFileSync(pidFile, "utf8"));
    await vi.waitFor(() => expect(alive(grandchild)).toBe(false), { timeout: 10_000 });
  });

  test("KILL follows for those that ignore TERM", async () => {
    await fixture.close();
    await start({ timing: { scriptKillGrace: 200 } });
    const pidFile = join(fixture.root, "stubborn");
    const outcome = await runScripts({
      script: sh(`trap '' TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done`),
      settings: ["timeout: 2"],
    });
    expect(outcome.errorCode).toBe(3);
    expect(alive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
  });

  test("an agent that stops ends its script and says so", async () => {
    writeArchive("ApplicationStart", [{ script: sh("echo started; sleep 300") }]);
    const stop = new AbortController();
    const running = fixture.host.run(
      { commandName: "ApplicationStart", specification: specification(), bundleUrl: undefined },
      { write: () => stop.abort() },
      stop.signal,
    );
    expect((await running).message).toBe(
      "Script at specified location: script-0 was stopped because the agent is stopping.",
    );
  });
});

describe("background processes that hold the outputs", () => {
  test("do not hold up the event, are noted, and live on whatever they write", async () => {
    const heartbeat = join(fixture.root, "heartbeat");
    const outcome = await runScripts({
      // More than a pipe holds, to show that somebody reads on.
      script: sh(
        `(while :; do head -c 70000 /dev/zero | tr '\\0' x || exit 1; echo beat >> ${heartbeat}; sleep 0.05; done) &\n` +
          `echo $! > ${heartbeat}.pid; echo started`,
      ),
    });
    expect(outcome).toMatchObject({ errorCode: 0, message: "Succeeded" });
    expect(scriptsLog()).toMatch(/\[agent\]Script at specified location: script-0 has ended, but a background process/);
    expect(streamed("agent")).toContain("still has its output open");
    const child = Number(readFileSync(`${heartbeat}.pid`, "utf8"));
    try {
      // The agent itself goes; the pipes must not go with it.
      fixture.host.close();
      const beats = () => (existsSync(heartbeat) ? readFileSync(heartbeat, "utf8").length : 0);
      const before = beats();
      await vi.waitFor(() => expect(beats()).toBeGreaterThan(before + 25));
    } finally {
      process.kill(child, "SIGKILL");
    }
  });

  test("that redirect their outputs cost nothing and are not noted", async () => {
    const outcome = await runScripts({ script: sh("sleep 2 > /dev/null 2>&1 & echo started") });
    expect(outcome.errorCode).toBe(0);
    expect(outcome.log).not.toContain("background");
  });
});

describe("output", () => {
  test("a script may reopen its outputs", async () => {
    const outcome = await runScripts({
      script: sh("echo a > /dev/stderr; echo b | tee /dev/stderr; echo c > /dev/stdout"),
    });
    expect(outcome.errorCode).toBe(0);
    expect(outcome.log).toMatch(/\[stderr\]a\n.*\[stderr\]b\n/s);
    expect(streamed("stdout")).toBe("b\nc\n");
  });

  test("characters that are split between two writes stay whole, and an unended line counts", async () => {
    const outcome = await runScripts({
      script: sh("printf 'gr\\303'; sleep 0.3; printf '\\274n\\n\\360\\237\\230'; printf '\\200 end'"),
    });
    expect(outcome.log).toContain("[stdout]grün\n[stdout]😀 end\n");
    expect(streamed("stdout")).toBe("grün\n😀 end");
  });

  test("is sent while the script runs", async () => {
    const gate = join(fixture.root, "gate");
    writeArchive("ApplicationStart", [
      { script: sh(`echo early; while [ ! -e ${gate} ]; do sleep 0.05; done; echo late`) },
    ]);
    const running = fixture.run("ApplicationStart");
    await vi.waitFor(() => expect(streamed("stdout")).toBe("early\n"), { timeout: 10_000 });
    writeFileSync(gate, "");
    await running;
    expect(streamed("stdout")).toBe("early\nlate\n");
  });

  test("a full scripts.log is put aside, and the oldest of them goes", async () => {
    const directory = dirname(layout.scriptsLogFile);
    mkdirSync(directory, { recursive: true });
    for (const name of ["scripts.log", "scripts.log.0", "scripts.log.1", "scripts.log.2"]) {
      writeFileSync(join(directory, name), name);
    }
    truncateSync(layout.scriptsLogFile, 16 * 1024 * 1024);
    expect(await runScripts({ script: sh("echo after") })).toMatchObject({ errorCode: 0 });
    expect(readdirSync(directory).sort()).toEqual(["scripts.log", "scripts.log.0", "scripts.log.1", "scripts.log.2"]);
    expect(readFileSync(layout.scriptsLogFile, "utf8")).toMatch(/^[^\0]*\[stdout\]after\n$/);
    const kept = ["0", "1", "2"].map((index) => readFileSync(`${layout.scriptsLogFile}.${index}`, "utf8").slice(0, 13));
    expect(kept.map((text) => text.replaceAll("\0", ""))).toEqual(["scripts.log", "scripts.log.0", "scripts.log.1"]);
  });

  test("beyond the limit there is a marked gap, and scripts.log has everything", async () => {
    const line = "0123456789".repeat(10);
    const outcome = await runScripts({ script: sh(`yes ${line} | head -n 20000; echo last`) });
    expect(outcome.log).toMatch(/\[stdout\]last\n$/);
    expect(streamed("stdout").length).toBeLessThanOrEqual(MAX_OUTPUT_STREAM_BYTES);
    expect(streamed("stdout").length).toBeGreaterThan(MAX_OUTPUT_STREAM_BYTES / 2);
    const omitted = 20_000 * (line.length + 1) + "last\n".length - streamed("stdout").length;
    expect(streamed("agent")).toMatch(/output beyond 1048576 bytes per event is not sent/);
    expect(streamed("agent")).toContain(`${omitted} bytes of output are omitted here.`);
    expect(scriptsLog().split("\n").length).toBe(20_000 + 4);
  });

  test("of a flood the agent takes a piece at a turn, so that it can do everything else meanwhile", async () => {
    const bytesOfTurns = [0];
    const append = vi.spyOn(EventLog.prototype, "append").mockImplementation((lines) => {
      bytesOfTurns.push(
        bytesOfTurns.pop()! + lines.reduce((sum, line) => sum + line.length - "[stdout]".length + 1, 0),
      );
    });
    let isOver = false;
    const countTurn = () => {
      if (bytesOfTurns.at(-1) !== 0) bytesOfTurns.push(0);
      if (!isOver) setImmediate(countTurn);
    };
    countTurn();
    const total = 32 * 1024 * 1024;
    await runScripts({ script: sh(`yes 0123456789012345678901234567890 | head -c ${total}`) });
    isOver = true;
    append.mockRestore();
    expect(bytesOfTurns.reduce((sum, bytes) => sum + bytes)).toBeGreaterThanOrEqual(total);
    expect(Math.max(...bytesOfTurns)).toBeLessThanOrEqual(4 * PIECE_BYTES);
  });

  test("the outcome's log is the last whole lines below 2,048 characters", async () => {
    const { log } = await runScripts({ script: sh("seq 1 1000") });
    expect(log.length).toBeLessThan(2048);
    expect(log).toMatch(/^\[stdout\]\d+\n/);
    expect(log).toMatch(/\[stdout\]1000\n$/);
    const long = await runScripts({ script: sh("head -c 3000 /dev/zero | tr '\\0' x") });
    expect(long.log).toBe("");
  });

  test("a sink that throws does not matter", async () => {
    writeArchive("ApplicationStart", [{ script: sh("echo x") }]);
    const sink = {
      write: () => {
        throw new Error("sink");
      },
    };
    const command = { commandName: "ApplicationStart", specification: specification(), bundleUrl: undefined };
    expect((await fixture.host.run(command, sink, new AbortController().signal)).errorCode).toBe(0);
  });

  test("pipes are made for many scripts at once, and do not pile up", async () => {
    const pipes = () =>
      readdirSync(fixture.root, { recursive: true }).filter((name) => String(name).includes("outputs-"));
    await runScripts({ script: sh("echo x") });
    // The directory, and what is left of thirty-two.
    expect(pipes()).toHaveLength(31);
    for (let round = 0; round < 17; round += 1) await runScripts({ script: sh("echo x") });
    expect(pipes().length).toBeLessThanOrEqual(33);
  });
});

describe("the environment", () => {
  test("holds the event's variables, and of the agent's what is passed on", async () => {
    await fixture.close();
    const environment = {
      PATH: process.env.PATH,
      KEPT: "yes",
      PGPASSWORD: "x",
      AWS_REGION: "x",
      AWS_SECRET_KEY: "x",
      SLUICE_TOKEN: "x",
      GITHUB_TOKEN: "x",
      DB_PASSWORD: "x",
      BUNDLE_VERSION: "stale",
    };
    await start({ environment, scriptEnvironment: ["KEPT"] });
    writeArchive("ApplicationStart", [{ script: sh("env | sort") }]);
    await fixture.run("ApplicationStart", {
      Revision: {
        RevisionType: "S3",
        S3Revision: { Bucket: "b", Key: "k", BundleType: "tgz", ETag: "e", Version: "7" },
      },
    });
    const variables = Object.fromEntries(
      streamed("stdout")
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    for (const name of ["_", "PWD", "HOME", "USER", "LOGNAME", "SHELL"]) delete variables[name];
    delete variables.SHLVL;
    delete variables.OLDPWD;
    expect(variables).toEqual({
      PATH: process.env.PATH,
      KEPT: "yes",
      LIFECYCLE_EVENT: "ApplicationStart",
      DEPLOYMENT_ID: "d-AAAAAAAA1",
      APPLICATION_NAME: "shop",
      DEPLOYMENT_GROUP_NAME: "web",
      DEPLOYMENT_GROUP_ID: specification().DeploymentGroupId,
      BUNDLE_BUCKET: "b",
      BUNDLE_KEY: "k",
      BUNDLE_ETAG: "e",
      BUNDLE_VERSION: "7",
    });
  });
});

describe("an agent that an init system gives little", () => {
  test("has no HOME: its scripts get its user's own", async () => {
    await fixture.close();
    await start({ environment: { PATH: process.env.PATH } });
    const { name, home, shell } = (await ownAccount())!;
    expect(await runScripts({ script: sh("echo $HOME $USER $LOGNAME $SHELL") })).toMatchObject({ errorCode: 0 });
    expect(streamed("stdout")).toBe(`${home} ${name} ${name} ${shell}\n`);
  });

  test("has a HOME of its own: its scripts have that one", async () => {
    await fixture.close();
    await start({ environment: { PATH: process.env.PATH, HOME: "/srv/agent" } });
    await runScripts({ script: sh("echo $HOME") });
    expect(streamed("stdout")).toBe("/srv/agent\n");
  });

  test("has a umask of 027: scripts of other users find their way, whatever the bundle's directories", async ({
    skip,
  }) => {
    skip(!isRoot, "needs root");
    const before = process.umask(0o027);
    try {
      await fixture.close();
      await start();
      const appSpec =
        "version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: scripts/deep/x\n      runas: nobody\n";
      const outcome = await fixture.deploy(
        "d-1",
        tgz({ "appspec.yml": appSpec, "scripts/deep/x": sh("cat appspec.yml") }),
      );
      expect(outcome).toMatchObject({ errorCode: 0 });
      expect(streamed("stdout")).toBe(appSpec);
    } finally {
      process.umask(before);
    }
  });
});

describe("another user", () => {
  const hasRunuser = ["/usr/sbin/runuser", "/sbin/runuser", "/usr/bin/setpriv"].some((path) => existsSync(path));

  test("runas changes user, groups and home", async ({ skip }) => {
    skip(!isRoot || !hasRunuser, "needs root and util-linux");
    const outcome = await runScripts({
      script: sh("id -un; id -G; echo $HOME $USER $LOGNAME; echo e > /dev/stderr"),
      settings: ["runas: nobody"],
    });
    expect(outcome).toMatchObject({ errorCode: 0 });
    expect(streamed("stdout")).toBe(`nobody\n${groupsOf("nobody")}\n/nonexistent nobody nobody\n`);
    expect(streamed("stderr")).toBe("e\n");
  });

  test("runas is in the message of a failure", async ({ skip }) => {
    skip(!isRoot || !hasRunuser, "needs root and util-linux");
    expect(await runScripts({ script: sh("exit 9"), settings: ["runas: nobody"] })).toMatchObject({
      errorCode: 4,
      message: "Script at specified location: script-0 run as user nobody failed with exit code 9",
    });
  });

  test("that may not execute the script: the message names the mode and the cure (aws-codedeploy-agent, issue 111)", async ({
    skip,
  }) => {
    skip(!isRoot || !hasRunuser, "needs root and util-linux");
    const appSpec =
      "version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: scripts/x\n      runas: nobody\n";
    const pack = async (deployment: string, script: number, directory: number) => {
      const entries = [
        { name: "scripts/", type: "5", mode: directory },
        { name: "scripts/x", content: sh("exit 9"), mode: script },
      ];
      return (await fixture.deploy(deployment, tgz({ "appspec.yml": appSpec }, entries))).message;
    };
    const failed = "Script at specified location: scripts/x run as user nobody failed with exit code";
    expect(await pack("d-1", 0o711, 0o755)).toMatch(
      new RegExp(
        `^${failed} \\d+\\. The user nobody cannot read and execute it: scripts/x has the mode 0711\\. Give it the mode 0755 in the bundle`,
      ),
    );
    expect(await pack("d-2", 0o755, 0o700)).toContain("execute it: scripts has the mode 0700.");
    expect(await pack("d-3", 0o755, 0o755)).toBe(`${failed} 9`);
  });

  test("a time-out reaches it", async ({ skip }) => {
    skip(!isRoot || !hasRunuser, "needs root and util-linux");
    const outcome = await runScripts({ script: sh("sleep 300"), settings: ["runas: nobody", "timeout: 1"] });
    expect(outcome.errorCode).toBe(3);
  });

  test("an unknown one is named", async () => {
    const outcome = await runScripts({ script: sh("true"), settings: ["runas: nosuchuser"] });
    expect(outcome).toMatchObject({ errorCode: 4, scriptName: "script-0" });
    expect(outcome.message).toMatch(
      /script-0 run as user nosuchuser failed: The user "nosuchuser" does not exist on this host/,
    );
  });

  test("cannot be had without root", async () => {
    vi.spyOn(process, "geteuid").mockReturnValue(54_321);
    const outcome = await runScripts({ script: sh("true"), settings: ["runas: root"] });
    expect(outcome).toMatchObject({ errorCode: 4, scriptName: "script-0" });
    expect(outcome.message).toMatch(/run as user root failed because the agent does not run as root/);
  });

  test("sudo gets an argument list and never asks for a password", async () => {
    const script = { location: "s", timeoutSeconds: 1, sudo: true };
    expect(await scriptCommand({ ...script, runas: null }, "/a b")).toMatchObject({
      program: "sudo",
      argv: ["-n", "--", "/a b"],
    });
    expect(await scriptCommand({ ...script, runas: "root" }, "/a b")).toMatchObject({
      program: "sudo",
      argv: ["-n", "-u", "root", "--", "/a b"],
    });
  });
});

function groupsOf(user: string): string {
  return spawnSync("id", ["-G", user], { encoding: "utf8" }).stdout.trim();
}

describe("which revision supplies the scripts", () => {
  const spec = (DeploymentId: string, more: Partial<DeploymentSpecification> = {}) =>
    specification({ DeploymentId, ...more });
  const rollback = { DeploymentCreator: "codeDeployRollback", DeploymentType: "BLUE_GREEN" };

  function supply(id: string, event: string): DeploymentLayout {
    const other = layoutOf(fixture.root, spec(id));
    writeArchive(event, [{ script: sh(`echo ${id}`) }], other.archiveDirectory);
    return other;
  }

  async function saidBy(event: string, more: Partial<DeploymentSpecification> = {}): Promise<string> {
    mkdirSync(layout.instructionsDirectory, { recursive: true });
    const good = supply("d-good", event);
    const recent = supply("d-recent", event);
    // As the reference agent writes it: no line end.
    writeFileSync(layout.lastSuccessfulInstallFile, good.deploymentDirectory);
    writeFileSync(layout.mostRecentInstallFile, recent.deploymentDirectory);
    const outcome = await fixture.run(event, more);
    return outcome.errorCode === 0 ? streamed("stdout").trim() : outcome.message;
  }

  const NOT_FOUND = expect.stringContaining("did not find an AppSpec file within the unpacked revision directory");
  test.each([
    ["BeforeBlockTraffic", {}, "d-good"],
    ["AfterBlockTraffic", {}, "d-good"],
    ["ApplicationStop", {}, "d-good"],
    ["BeforeAllowTraffic", {}, NOT_FOUND],
    ["ValidateService", {}, NOT_FOUND],
    ["BeforeBlockTraffic", rollback, "d-recent"],
    ["AfterBlockTraffic", rollback, "d-recent"],
    ["ApplicationStop", rollback, "d-good"],
    ["BeforeAllowTraffic", rollback, "d-good"],
    ["AfterAllowTraffic", rollback, "d-good"],
    ["BeforeBlockTraffic", { ...rollback, DeploymentType: "IN_PLACE" }, "d-good"],
  ])("%s with %o", async (event, more, expected) => {
    expect(await saidBy(event, more)).toEqual(expected);
  });

  const OPTION = "--ignore-application-stop-failures";
  test.each([
    ["ApplicationStop", {}, OPTION],
    ["BeforeBlockTraffic", {}, OPTION],
    ["AfterBlockTraffic", {}, OPTION],
    ["BeforeAllowTraffic", rollback, undefined],
  ])("%s that fails names the revision and the deployment whose script it is, with %o", async (event, more, option) => {
    const older = layoutOf(fixture.root, spec("d-good"));
    writeArchive(event, [{ script: sh("exit 7") }], older.archiveDirectory);
    mkdirSync(layout.instructionsDirectory, { recursive: true });
    writeFileSync(layout.lastSuccessfulInstallFile, older.deploymentDirectory);
    const failure = "Script at specified location: script-0 failed with exit code 7.";
    const unknown = await fixture.run(event, more);
    expect(unknown).toMatchObject({ errorCode: 4, scriptName: "script-0" });
    expect(unknown.message).toContain(
      `${failure} ${event} runs the scripts of the revision, which the deployment d-good`,
    );
    const location = { Bucket: "b", Key: "shop-1.tgz", ETag: '"e"' };
    writeFileSync(older.bundleReceiptFile, JSON.stringify({ revision: { from: "S3", location }, bytes: 1 }));
    const { message } = await fixture.run(event, more);
    expect(message).toContain(`of the revision s3://b/shop-1.tgz (ETag e), which the deployment d-good installed here`);
    expect(message.includes(OPTION)).toBe(option !== undefined);
    writeFileSync(join(older.archiveDirectory, "appspec.yml"), "broken: [");
    expect((await fixture.run(event, more)).message).toContain("which the deployment d-good installed here");
  });

  test("one that fails from this deployment's own archive names no other", async () => {
    const { message } = await runScripts({ script: sh("exit 7") });
    expect(message).toBe("Script at specified location: script-0 failed with exit code 7");
  });

  test("what an earlier agent installed below /~ can still be stopped", async () => {
    const older = supply("d-good", "ApplicationStop");
    const appSpec = join(older.archiveDirectory, "appspec.yml");
    writeFileSync(appSpec, `${readFileSync(appSpec, "utf8")}files:\n  - {source: /, destination: ~/x}\n`);
    mkdirSync(layout.instructionsDirectory, { recursive: true });
    writeFileSync(layout.lastSuccessfulInstallFile, older.deploymentDirectory);
    expect(await fixture.run("ApplicationStop")).toMatchObject({ errorCode: 0 });
  });

  test("this deployment's own archive, once it is there, always wins", async () => {
    supply("d-AAAAAAAA1", "ApplicationStop");
    expect(await saidBy("ApplicationStop")).toBe("d-AAAAAAAA1");
  });

  test("no pointer, no scripts, no event of that name: nothing to do", async () => {
    const isNoop = (commandName: string) =>
      fixture.host.isNoop({ commandName, specification: specification(), bundleUrl: undefined });
    expect([isNoop("ApplicationStop"), isNoop("BeforeBlockTraffic"), isNoop("NoSuchEvent")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isNoop("Install"), isNoop("DownloadBundle"), isNoop("BeforeInstall")]).toEqual([false, false, false]);
    writeArchive("ApplicationStart", [{ script: sh("true") }]);
    expect([isNoop("BeforeInstall"), isNoop("ApplicationStart")]).toEqual([true, false]);
    expect(await fixture.run("BeforeInstall")).toMatchObject({ errorCode: 0, log: "" });
    expect(await fixture.run("NoSuchEvent")).toMatchObject({
      errorCode: 5,
      message: "Unsupported command type: NoSuchEvent.",
    });
  });

  test("a pointer to a directory that is gone fails rather than skips", async () => {
    mkdirSync(layout.instructionsDirectory, { recursive: true });
    writeFileSync(layout.lastSuccessfulInstallFile, join(fixture.root, "gone"));
    const { message } = await fixture.run("ApplicationStop");
    expect(message).toEqual(NOT_FOUND);
    expect(message).toContain(OPTION);
  });

  test("the AppSpec may be called appspec.yaml, or as the specification says, but not lie outside", async () => {
    writeArchive("ApplicationStart", [{ script: sh("echo ran") }]);
    const text = readFileSync(join(layout.archiveDirectory, "appspec.yml"));
    writeFileSync(join(layout.archiveDirectory, "other.yml"), text);
    writeFileSync(join(layout.archiveDirectory, "appspec.yaml"), text);
    writeFileSync(join(layout.archiveDirectory, "appspec.yml"), "broken: [");
    expect(await fixture.run("ApplicationStart", { AppSpecFilename: "other.yml" })).toMatchObject({ errorCode: 0 });
    expect(await fixture.run("ApplicationStart", { AppSpecFilename: "none.yml" })).toMatchObject({ errorCode: 0 });
    expect(await fixture.run("ApplicationStart")).toMatchObject({ errorCode: 5 });
    expect((await fixture.run("ApplicationStart", { AppSpecFilename: "../x.yml" })).message).toContain(
      "outside the revision",
    );
  });
});

test("secrets are masked in what leaves the host, in the stream and the tail; the host's own log has them", async () => {
  const masked = await createHostFixture({
    environment: { PATH: process.env.PATH, SHOP_PIN: "4711-0815" },
    scriptEnvironment: ["SHOP_PIN"],
    maskedVariables: ["SHOP_*"],
  });
  try {
    const script =
      '#!/bin/sh\nprintf %s "the pin is $SHO"\necho "P_PIN $SHOP_PIN"; echo password=hunter2 >&2; exit 3\n';
    const bundle = tgz({
      "appspec.yml": appSpec(masked.destination, { hooks: { BeforeInstall: ["say.sh"] } }),
      "app/file": "x",
      "say.sh": script,
    });
    const outcome = await masked.deploy("d-1", bundle);
    expect(outcome.message).toBe("Script at specified location: say.sh failed with exit code 3");
    expect(outcome.log).toContain("[stdout]the pin is P_PIN ***\n");
    expect(outcome.log).toContain("[stderr]password=***\n");
    for (const text of [masked.text(), outcome.log]) expect(text).not.toMatch(/4711|hunter2/);
    const { scriptsLogFile } = layoutOf(masked.root, specification({ DeploymentId: "d-1" }));
    expect(readFileSync(scriptsLogFile, "utf8")).toContain("P_PIN 4711-0815");
  } finally {
    await masked.close();
  }
});
