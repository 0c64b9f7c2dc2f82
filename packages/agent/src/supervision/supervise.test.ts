import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  PROGRAMS_VARIABLE,
  SUPERVISED_AGENT_FILE,
  SUPERVISOR_VARIABLE,
  SWITCH_EXIT_CODE,
  UPGRADE_FILES,
} from "./programs.ts";
import { SUPERVISE_TEXT } from "./supervise-text.ts";

let root: string;
let programs: string;
let data: string;
const supervisors: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-supervise-"));
  programs = join(root, "programs with spaces");
  data = join(root, "data");
  for (const directory of [programs, data]) mkdirSync(directory);
  writeFileSync(join(programs, "supervise"), SUPERVISE_TEXT);
  chmodSync(join(programs, "supervise"), 0o755);
});
afterEach(async () => {
  for (const each of supervisors.splice(0)) {
    if (each.exitCode !== null || each.signalCode !== null) continue;
    each.kill("SIGTERM");
    await once(each, "exit");
  }
  rmSync(root, { recursive: true });
});

const inData = (name: string) => join(data, name);
const inPrograms = (name: string) => join(programs, name);

/** A program that notes its starts, does what `body` says, and ends at a TERM as an agent does. */
function program(name: "current" | "next" | "previous", version: string, body: string): void {
  const start = `echo "${version} $$ $*" >>"${data}/starts"`;
  writeFileSync(inPrograms(name), `#!/bin/sh\ntrap 'exit 0' TERM\n${start}\n${body}\n`);
  chmodSync(inPrograms(name), 0o755);
}

const RUN = "while :; do sleep 0.1; done";
const CONFIRM = 'touch "$4/upgrade-confirmed"; kill -s USR1 "$SLUICE_SUPERVISOR"';
/** What an agent does that has a next program. */
const SWITCH = `echo '{}' >"$4/upgrade.json"; exit ${SWITCH_EXIT_CODE}`;

function supervise(
  shell: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): ChildProcess {
  const [command = "", ...args] = shell;
  const child = spawn(command, [...args, inPrograms("supervise"), "--data", data, ...options], {
    env: {
      PATH: `${root}:${process.env.PATH}`,
      SLUICE_CONFIRM_SECONDS: "60",
      SLUICE_RESTART_SECONDS: "1",
      ...environment,
    },
    stdio: "ignore",
  });
  supervisors.push(child);
  return child;
}

function starts(): readonly string[] {
  return existsSync(inData("starts")) ? readFileSync(inData("starts"), "utf8").trim().split("\n") : [];
}
const versions = () => starts().map((line) => line.split(" ")[0]);
const processOf = (index: number) => Number(starts()[index]?.split(" ")[1]);
const isAlive = (processId: number) => {
  const stat = existsSync(`/proc/${processId}/stat`) ? readFileSync(`/proc/${processId}/stat`, "utf8") : ") Z";
  return !/\) [ZX]/.test(stat);
};

it("says the same names and codes as the agent", () => {
  for (const name of [...Object.values(UPGRADE_FILES), PROGRAMS_VARIABLE, SUPERVISOR_VARIABLE, SUPERVISED_AGENT_FILE]) {
    expect(SUPERVISE_TEXT).toContain(name);
  }
  expect(SUPERVISE_TEXT).toContain(`\nswitch_status=${SWITCH_EXIT_CODE}\n`);
});

describe.each([
  ["dash", ["dash"]],
  ["busybox", ["busybox", "sh"]],
])("in %s", (_name, shell) => {
  it("switches to the next program, which confirms, and passes a stop on", async () => {
    program("current", "old", SWITCH);
    program("next", "new", `${CONFIRM}; ${RUN}`);
    const supervisor = supervise(shell);
    await expect.poll(() => existsSync(inData(UPGRADE_FILES.confirmed))).toBe(true);
    expect(versions()).toEqual(["old", "new"]);
    expect(starts()[1]).toMatch(new RegExp(`agent run --data ${data}$`));
    expect(readFileSync(inPrograms("previous"), "utf8")).toContain("old");
    expect(existsSync(inPrograms("next"))).toBe(false);
    supervisor.kill("SIGTERM");
    expect(await once(supervisor, "exit")).toEqual([0, null]);
    expect(isAlive(processOf(1))).toBe(false);
    expect(existsSync(inData(UPGRADE_FILES.restored))).toBe(false);
  });

  it("runs the previous program again when the new one ends before it confirms", async () => {
    program("current", "old", `[ -e "$4/upgrade.json" ] || { ${SWITCH}; }; ${RUN}`);
    program("next", "new", "exit 3");
    supervise(shell);
    await expect.poll(versions).toEqual(["old", "new", "old"]);
    expect(readFileSync(inData(UPGRADE_FILES.restored), "utf8")).toBe(
      "the new agent ended with status 3 before the server answered it\n",
    );
    expect(readFileSync(inPrograms("current"), "utf8")).toContain("old");
  });

  it("runs the previous program again when the new one is not answered in time, and leaves its scripts", async () => {
    program("current", "old", `[ -e "$4/upgrade.json" ] || { ${SWITCH}; }; ${RUN}`);
    program("next", "new", `setsid sh -c 'echo $$ >"$1/script"; exec sleep 60' script "$4" & ${RUN}`);
    supervise(shell, { SLUICE_CONFIRM_SECONDS: "1" });
    await expect.poll(versions).toEqual(["old", "new", "old"]);
    expect(readFileSync(inData(UPGRADE_FILES.restored), "utf8")).toBe(
      "the new agent was not answered by the server within 1 s\n",
    );
    expect(isAlive(processOf(1))).toBe(false);
    const script = Number(readFileSync(inData("script"), "utf8"));
    expect(isAlive(script)).toBe(true);
    process.kill(script);
  });

  it("switches again from a program that was on trial itself, however long that runs on", async () => {
    // It has to be heard before the next trial is pending, however busy the machine is.
    writeFileSync(join(root, "systemd-notify"), `#!/bin/sh\ntouch "${data}/told"\n`);
    chmodSync(join(root, "systemd-notify"), 0o755);
    const again = `${CONFIRM}; while ! [ -e "$4/told" ]; do sleep 0.1; done; sleep 0.5; rm "$4/upgrade-confirmed"`;
    const third = inPrograms("third");
    writeFileSync(third, `#!/bin/sh\necho "third $$ $*" >>"${data}/starts"\n${CONFIRM}\ntrap 'exit 0' TERM\n${RUN}\n`);
    chmodSync(third, 0o755);
    program("current", "old", SWITCH);
    // Its own window of two seconds passes while the next trial is pending already.
    program("next", "new", `${again}; cp "${third}" "${inPrograms("next")}"; sleep 2.5; exit ${SWITCH_EXIT_CODE}`);
    supervise(shell, { SLUICE_CONFIRM_SECONDS: "2", NOTIFY_SOCKET: "/run/none" });
    await expect.poll(versions).toEqual(["old", "new", "third"]);
    await expect.poll(() => existsSync(inData(UPGRADE_FILES.confirmed))).toBe(true);
    expect(existsSync(inData(UPGRADE_FILES.restored))).toBe(false);
    expect(readFileSync(inPrograms("previous"), "utf8")).toContain("new");
  });

  it("opens the window again after the supervisor was killed in it, and ends the program that it left", async () => {
    program("current", "old", `[ -e "$4/upgrade.json" ] || { ${SWITCH}; }; ${RUN}`);
    program("next", "new", RUN);
    const killed = supervise(shell);
    await expect.poll(versions).toEqual(["old", "new"]);
    await expect
      .poll(() => existsSync(inData(SUPERVISED_AGENT_FILE)) && readFileSync(inData(SUPERVISED_AGENT_FILE), "utf8"))
      .toContain(`${processOf(1)} `);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    supervise(shell, { SLUICE_CONFIRM_SECONDS: "1" });
    await expect.poll(versions).toEqual(["old", "new", "new", "old"]);
    expect(isAlive(processOf(1))).toBe(false);
    expect(isAlive(processOf(2))).toBe(false);
  });

  it("switches at its start when it was killed before the switch", async () => {
    program("current", "old", RUN);
    program("next", "new", `${CONFIRM}; ${RUN}`);
    writeFileSync(inData(UPGRADE_FILES.pending), "{}");
    supervise(shell);
    await expect.poll(() => existsSync(inData(UPGRADE_FILES.confirmed))).toBe(true);
    expect(versions()).toEqual(["new"]);
  });

  it("ends with the agent's status, or starts it again with --restart until it is told to stop", async () => {
    program("current", "old", "exit 7");
    expect(await once(supervise(shell), "exit")).toEqual([7, null]);
    const supervisor = supervise(shell, {}, ["--restart"]);
    await expect.poll(() => starts().length).toBeGreaterThan(2);
    supervisor.kill("SIGTERM");
    await once(supervisor, "exit");
  });

  it("tells systemd that the service is ready when the server has answered, and keeps its socket from the agent", async () => {
    writeFileSync(join(root, "systemd-notify"), `#!/bin/sh\necho "$*" >>"${data}/told"\n`);
    chmodSync(join(root, "systemd-notify"), 0o755);
    program("current", "old", `env >"$4/environment"; ${CONFIRM}; kill -s USR2 "$SLUICE_SUPERVISOR"; ${RUN}`);
    supervise(shell, { NOTIFY_SOCKET: "/run/none", WATCHDOG_USEC: "180000000" });
    await expect
      .poll(() => existsSync(inData("told")) && readFileSync(inData("told"), "utf8"))
      .toMatch(/^WATCHDOG=1\n(--ready --status=The server answers\.\n|WATCHDOG=1\n){2}$/);
    expect(readFileSync(inData("environment"), "utf8")).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
  });
});

it("runs the program of before, which says why, where the new one cannot be put in its place", async () => {
  writeFileSync(join(root, "mv"), `#!/bin/sh\ncase $* in */current) exit 1 ;; esac\nexec /bin/mv "$@"\n`);
  chmodSync(join(root, "mv"), 0o755);
  program("current", "old", `[ -e "$4/upgrade.json" ] || { ${SWITCH}; }; ${RUN}`);
  program("next", "new", RUN);
  // Of busybox, mv is a part of the shell.
  supervise(["dash"]);
  await expect.poll(versions).toEqual(["old", "old"]);
  expect(readFileSync(inData(UPGRADE_FILES.restored), "utf8")).toMatch(
    /^the new program cannot be put in the place of the former one\. .* df -h /,
  );
  expect(readFileSync(inPrograms("current"), "utf8")).toContain("old");
});
