import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_RESTART_MESSAGE } from "@sluice/model/diagnostics.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enrolledDirectory, removeDirectory, until } from "./agent-bench.fixture.ts";
import { FakeCommandServer, SOON_MILLISECONDS } from "./fake-command-server.fixture.ts";

let server: FakeCommandServer;
let directory: string;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  server = await FakeCommandServer.start();
  server.reofferMs = SOON_MILLISECONDS;
  directory = enrolledDirectory(server);
});
afterEach(async () => {
  for (const child of processes.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  for (const { shell } of starts()) if (isAlive(shell)) process.kill(-shell, "SIGKILL");
  await server.goAway();
  removeDirectory(directory);
});

const startsFile = () => join(directory, "starts");

function startProcess(script: string): ChildProcess {
  const program = join(import.meta.dirname, "agent-process.ts");
  const child = spawn(process.execPath, [program, directory, startsFile(), script], { stdio: "ignore" });
  processes.push(child);
  return child;
}

/** What was ever started: one line per start. */
function starts(): readonly { readonly event: string; readonly shell: number }[] {
  if (!existsSync(startsFile())) return [];
  const lines = readFileSync(startsFile(), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => ({ event: line.split(" ")[0]!, shell: Number(line.split(" ")[1]) }));
}

function isAlive(pid: number): boolean {
  try {
    // "pid (name) state …": a zombie that nobody reaps has ended all the same.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const exited = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));
const journalHas = (text: string) => () =>
  existsSync(join(directory, "command-journal")) &&
  readFileSync(join(directory, "command-journal"), "utf8").includes(text);

async function kill(child: ChildProcess): Promise<void> {
  const gone = exited(child);
  child.kill("SIGKILL");
  await gone;
}

describe.skipIf(process.platform !== "linux")("an agent that is killed in mid-event", () => {
  it("ends the script that it left, reports code 7 once, and never runs the event again", async () => {
    server.deploy("d-1", ["Install", "AfterInstall"]);
    const first = startProcess("exec sleep 600");
    await until(() => starts().length === 1 && journalHas('"script"')());
    const { shell } = starts()[0]!;
    await kill(first);
    expect(isAlive(shell)).toBe(true);
    expect(readFileSync(join(directory, "ongoing-deployment", "d-1"), "utf8")).toBe("d-1:Install");

    startProcess("exit 0");
    await until(() => server.completionsOf("d-1:AfterInstall").length > 0);
    expect(isAlive(shell)).toBe(false);
    const [completion, ...more] = server.completionsOf("d-1:Install");
    expect(completion).toMatchObject({ status: "Failed", diagnostics: { error_code: 7, script_name: "", log: "" } });
    expect(completion!.diagnostics.message).toBe(
      `${AGENT_RESTART_MESSAGE} Its script was still running and was stopped with SIGTERM.`,
    );
    expect(more).toEqual([]);
    expect(readFileSync(`${startsFile()}.failed`, "utf8"), "the OnFailure hook's turn").toBe("Install 7\n");
    expect(starts().map(({ event }) => event)).toEqual(["Install", "AfterInstall"]);
  });

  it("does not run it either when the server has forgotten that it was acknowledged", async () => {
    server.deploy("d-1", ["Install"]);
    const first = startProcess("exec sleep 600");
    await until(() => starts().length === 1 && journalHas('"script"')());
    await kill(first);
    server.forgetProgress("d-1:Install");
    startProcess("exit 0");
    await until(() => server.completionsOf("d-1:Install").length > 0);
    server.forgetProgress("d-1:Install");
    await until(() => server.completionsOf("d-1:Install").length > 1);
    expect(server.completions.map(({ diagnostics }) => diagnostics.error_code)).toEqual([7, 7]);
    expect(starts()).toHaveLength(1);
  });

  it("ends the script whose number it could not write down, and no process that looks like it", async () => {
    mkdirSync(join(directory, "archive"));
    const decoy = spawn("/bin/sleep", ["600"], {
      cwd: join(directory, "archive"),
      env: { DEPLOYMENT_ID: "d-1", LIFECYCLE_EVENT: "Install" },
      detached: true,
      stdio: "ignore",
    });
    processes.push(decoy);
    server.deploy("d-1", ["Install"]);
    const first = startProcess("exec sleep 600");
    await until(() => starts().length === 1 && journalHas('"script"')());
    await kill(first);
    const journal = join(directory, "command-journal");
    writeFileSync(journal, readFileSync(journal, "utf8").replace(/.*"state":"script".*\n/, ""));
    startProcess("exit 0");
    await until(() => server.completionsOf("d-1:Install").length > 0);
    expect(server.completions[0]!.diagnostics.message).toContain("was stopped with SIGTERM");
    expect(isAlive(starts()[0]!.shell)).toBe(false);
    expect(isAlive(decoy.pid!)).toBe(true);
  });

  it("leaves a process alone that only has the number of the old script", async () => {
    server.deploy("d-1", ["Install"]);
    const first = startProcess("exec sleep 600");
    await until(() => starts().length === 1 && journalHas('"script"')());
    await kill(first);
    const journal = join(directory, "command-journal");
    const changed = readFileSync(journal, "utf8").replace(/"startTicks":"\d+"/, '"startTicks":"1"');
    writeFileSync(journal, changed);
    startProcess("exit 0");
    await until(() => server.completionsOf("d-1:Install").length > 0);
    expect(server.completions[0]!.diagnostics.message).toBe(AGENT_RESTART_MESSAGE);
    expect(isAlive(starts()[0]!.shell)).toBe(true);
  });

  it("reports as it ended what ended before the kill and was not yet reported", async () => {
    server.fault = ({ operation }) => (operation === "PutHostCommandComplete" ? "lose-request" : undefined);
    server.deploy("d-1", ["Install"]);
    const first = startProcess("exit 0");
    await until(journalHas('"ended"'));
    await kill(first);
    server.fault = () => undefined;
    startProcess("exit 0");
    await until(() => server.completions.length > 0);
    expect(server.completions).toMatchObject([{ commandId: "d-1:Install", status: "Succeeded" }]);
    expect(starts()).toHaveLength(1);
  });

  it("learns of the command that came with an answer which it did not live to hear, and runs it", async () => {
    server.givesNext = true;
    server.fault = ({ operation }) => (operation === "PutHostCommandComplete" ? "lose-answer" : undefined);
    server.deploy("d-1", ["Install", "AfterInstall"]);
    const first = startProcess("exit 0");
    await until(() => server.completions.length > 0);
    await kill(first);
    server.fault = () => undefined;
    startProcess("exit 0");
    await until(() => server.completionsOf("d-1:AfterInstall").length > 0);
    expect(starts().map(({ event }) => event)).toEqual(["Install", "AfterInstall"]);
    expect(server.completions.every(({ status }) => status === "Succeeded")).toBe(true);
    expect(server.callsOf("PutHostCommandAcknowledgement")).toHaveLength(1);
  });

  it("reports what the reference agent was doing when this one took its place", async () => {
    mkdirSync(join(directory, "ongoing-deployment"));
    writeFileSync(join(directory, "ongoing-deployment", "d-9"), "theirs");
    startProcess("exit 0");
    await until(() => server.completionsOf("theirs").length > 0);
    expect(server.completions[0]!.diagnostics.error_code).toBe(7);
    await until(() => !existsSync(join(directory, "ongoing-deployment", "d-9")));
  });
});

describe("signals", () => {
  it("SIGTERM lets the script end and exits with 0; a second one leaves at once", async () => {
    server.deploy("d-1", ["Install"]);
    server.deploy("d-2", ["Install"]);
    const release = join(directory, "release");
    const first = startProcess(`while ! [ -e ${release} ]; do sleep 0.02; done`);
    await until(() => starts().length === 1);
    const ended = exited(first);
    first.kill("SIGTERM");
    writeFileSync(release, "");
    expect(await ended).toBe(0);
    expect(server.completionsOf("d-1:Install")).toMatchObject([{ status: "Succeeded" }]);

    const second = startProcess("exec sleep 600");
    await until(() => starts().length === 2 && journalHas('"script"')());
    const forced = exited(second);
    second.kill("SIGTERM");
    second.kill("SIGINT");
    expect(await forced).toBe(1);
  });
});
