import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, ownIdentity } from "@sluice/cli/process/process-identity.ts";
import { findProcessesOf } from "@sluice/cli/up/leftovers.ts";
import { readUpRecord, type UpRecord, writeUpRecord } from "@sluice/cli/up/up-record.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cleanEnvironment, type ProgramResult, runProgram, SLUICE } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** `sluice up` in the background and its end, as a user of it would: in a directory of their own, and with no `--data`. */
let folder: string;
const started: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-e2e-up-"));
});
afterEach(async () => {
  for (const data of started.splice(0)) await sluice("down", "--data", data);
  rmSync(folder, { recursive: true, force: true });
});

function sluice(...args: string[]): Promise<ProgramResult> {
  return runProgram("sh", ["-c", 'cd "$0" && exec "$@"', folder, SLUICE, ...args], cleanEnvironment());
}

const UP = ["up", "--detach", "--hosts", "1", "--listen", "127.0.0.1:0"];

/** Starts it, or does what else `args` say, and remembers to end it. */
function up(...args: string[]): Promise<ProgramResult> {
  started.push(join(folder, ".sluice", "up"));
  return sluice(...UP, ...args);
}

async function recordOf(data: string): Promise<UpRecord> {
  const record = await readUpRecord(data);
  if (record === undefined) throw new Error(`nothing was started in ${data}`);
  return record;
}

/** Processes, interfaces and mounts of a run. */
async function leftOf(data: string, { owner, runId, network }: UpRecord): Promise<string[]> {
  const links = network === undefined ? "" : execFileSync("ip", ["-oneline", "link"], { encoding: "utf8" });
  return [
    ...((await isRunning(owner)) ? [`process ${owner.processId}`] : []),
    ...(await findProcessesOf(runId)).map((id) => `process ${id}`),
    ...links.split("\n").filter((line) => network !== undefined && line.includes(network.bridgeName)),
    ...readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(data)),
  ];
}

it("returns when it is ready, says a second time what runs, and is ended by `sluice down`, more than once", async () => {
  const first = await up();
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/^Sluice listens on http:\/\/127\.0\.0\.1:\d+, data in /m);
  expect(first.stdout).toMatch(/^To watch it in a browser: sluice console/m);
  expect(first.stdout).toMatch(/^Ready, as process \d+; its log is \.sluice\/up\/up\.log\. To stop it: sluice down$/m);
  const data = join(folder, ".sluice", "up");
  const record = await recordOf(data);

  const again = await up();
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toContain(`Already running, as process ${record.owner.processId}.`);
  expect(again.stdout).toContain(record.ready?.hosts[0]?.id);
  expect((await sluice("hosts", "list")).stdout).toMatch(/^host-1 .* alive /m);
  const other = await sluice("up", "--detach", "--hosts", "2");
  expect([other.exitCode, other.stderr]).toEqual([
    2,
    "sluice: --hosts 2: the running sluice up has 1. Stop it first: sluice down\n",
  ]);
  expect((await sluice("up")).exitCode).toBe(1);

  mkdirSync(join(folder, "deeper"));
  const down = await runProgram("sh", ["-c", `cd "${folder}/deeper" && "${SLUICE}" down`], cleanEnvironment());
  expect([down.exitCode, down.stderr]).toEqual([0, ""]);
  expect(down.stdout).toContain(`The server and the hosts of ${data} are stopped.`);
  expect(await leftOf(data, record)).toEqual([]);
  expect(await sluice("down")).toEqual({ exitCode: 0, stdout: `Nothing is running in ${data}.\n`, stderr: "" });
});

it("says why it cannot start, with the exit code of that, and leaves nothing running", async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
  const { port } = taken.address() as { port: number };
  try {
    const refused = await up("--listen", `127.0.0.1:${port}`);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`^sluice: .*127\\.0\\.0\\.1:${port}`));
    const data = join(folder, ".sluice", "up");
    expect(await leftOf(data, await recordOf(data))).toEqual([]);
  } finally {
    taken.close();
  }
});

it("says of another user's directory whose it is", async (context) => {
  context.skip(process.getuid?.() !== 0, "only root may become another user");
  const data = join(folder, "theirs");
  mkdirSync(data, { mode: 0o700 });
  chmodSync(folder, 0o755);
  const other = ["--reuid=20001", "--regid=20001", "--clear-groups", SLUICE];
  for (const verb of [["up", "--detach"], ["up"], ["down"]]) {
    const { exitCode, stderr } = await runProgram("setpriv", [...other, ...verb, "--data", data], cleanEnvironment());
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(`permission denied (EACCES): this user cannot read --data ${data}`),
    ]);
  }
});

it("ends no process that only has the number of one that it started", async () => {
  const data = join(folder, ".sluice", "up");
  mkdirSync(data, { recursive: true });
  const own = await ownIdentity();
  const bystander = spawn("sleep", ["3600"], { stdio: "ignore" });
  try {
    const record = { runId: "abcdef", network: undefined };
    const owner = { ...own, processId: bystander.pid ?? 0 };
    for (const reused of [owner, { ...own, bootId: "00000000-0000-0000-0000-000000000000" }]) {
      await writeUpRecord(data, { ...record, owner: reused });
      expect((await sluice("down")).stdout).toBe(`Nothing is running in ${data}.\n`);
    }
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  } finally {
    bystander.kill();
  }
});

it("names the services that ended with the last run, with the command that deploys their revision again", async () => {
  mkdirSync(join(folder, "app"));
  writeFileSync(
    join(folder, "app", "appspec.yml"),
    "version: 0.0\nos: linux\nhooks:\n  ApplicationStart:\n    - location: start.sh\n",
  );
  writeFileSync(join(folder, "app", "start.sh"), "#!/bin/sh\necho started\n", { mode: 0o755 });
  const first = await up();
  expect(first.stdout).not.toContain("ended with the last run");
  const { ready } = await recordOf(join(folder, ".sluice", "up"));
  const script = `set -e; cd "${folder}"; eval "$("${SLUICE}" env)"
    aws deploy create-application --application-name shop --compute-platform Server
    aws deploy create-deployment-group --application-name shop --deployment-group-name all --ec2-tag-filters Key=Environment,Value=up,Type=KEY_AND_VALUE \\
      --service-role-arn arn:aws:iam::111122223333:role/CodeDeployServiceRole
    "${SLUICE}" deploy app --application shop --group all --watch`;
  const deployed = await runProgram("sh", ["-c", script], cleanEnvironment());
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  const deployment = /\bd-[A-Z0-9]{9}\b/.exec(deployed.stdout)?.[0];
  await sluice("down");

  const second = await up();
  expect(second.stdout).toContain(
    `host-1: the services of ${deployment} (shop, all) stopped when the last run ended. To deploy its revision again:`,
  );
  const command = /^ {2}sluice (rollback .*)$/m.exec(second.stdout)?.[1]?.split(" ") ?? [];
  expect(command).toEqual(expect.arrayContaining(["--application", "shop", "--group", "all", "--to", deployment]));
  // At a terminal it asks.
  const again = await sluice(...command, "--yes");
  expect(again.exitCode, again.stderr).toBe(0);
  expect((await recordOf(join(folder, ".sluice", "up"))).ready?.hosts).toEqual(ready?.hosts);
});

it("removes what a killed run has left", async () => {
  await up();
  const data = join(folder, ".sluice", "up");
  const record = await recordOf(data);
  process.kill(record.owner.processId, "SIGKILL");
  await until("it is gone", async () => !(await isRunning(record.owner)));
  const { exitCode, stdout } = await sluice("down");
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^Nothing (was|is) running in /)]);
  expect(await leftOf(data, record)).toEqual([]);
});

it.each([
  ["in the foreground of bash", "bash --norc", ""],
  ["in the background of bash", "bash --norc", " &"],
  ["in the background of dash, which tells its jobs nothing", "dash", " &"],
])("ends with its terminal, %s", async (_name, shell, background) => {
  const data = join(folder, "up");
  started.push(data);
  const terminal = spawn("script", ["-qfc", `${shell} -i`, "/dev/null"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: cleanEnvironment(),
    detached: true,
  });
  terminal.stdin.write(`"${SLUICE}" up --hosts 1 --data "${data}" --listen 127.0.0.1:0${background}\n`);
  await until("it is ready", async () => existsSync(data) && (await readUpRecord(data))?.ready !== undefined);
  const record = await recordOf(data);
  // What holds the terminal dies, as an emulator of a terminal does: the kernel hangs the terminal up.
  const closed = new Promise((done) => terminal.once("exit", done));
  terminal.kill("SIGKILL");
  await closed;
  await until("nothing is left", async () => (await leftOf(data, record)).length === 0);
});
