import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { FunctionEnvironment, FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callOf, environmentOf, payloadOf } from "../contracts/function-runner-contract.fixture.ts";
import { MAX_FUNCTION_LOG_BURST_BYTES } from "./invocation-log.ts";
import { FIRST_UID, IS_ROOT, openRunner, type RunnerWorld } from "./process-runner.fixture.ts";

const never = new AbortController().signal;
const OTHER_UID = FIRST_UID + 1;

/** Of a user, but for those that have ended and are not waited for yet. */
function processesOf(...uids: readonly number[]): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      return uids.includes(Number(/^Uid:\s+([0-9]+)/m.exec(status)?.[1])) && !/^State:\s+[ZX]/m.test(status);
    } catch {
      return false;
    }
  });
}

function javaScript(body: string, before = "") {
  return { "index.js": `${before}\nexports.handler = async (event) => { ${body} };` };
}

describe.skipIf(!IS_ROOT)("a function of its own user", () => {
  let world: RunnerWorld;
  beforeAll(() => {
    process.env.SECRET_OF_SLUICE = "not-for-functions";
    world = openRunner();
  });
  afterAll(async () => {
    delete process.env.SECRET_OF_SLUICE;
    const { directory } = world;
    await world.close();
    expect(processesOf(FIRST_UID, OTHER_UID)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(directory);
  });

  const open = async (
    files: ReturnType<typeof javaScript>,
    more: Partial<FunctionPlan> = {},
    lines: string[] = [],
    { runner, plan }: RunnerWorld = world,
  ): Promise<FunctionEnvironment> => {
    const log = { write: (_at: number, line: string) => void lines.push(line) };
    return environmentOf(await runner.start(plan(files, more), log, never));
  };
  const run = async (body: string, event: unknown = {}, more: Partial<FunctionPlan> = {}) => {
    const environment = await open(javaScript(body), more);
    const end = await environment.call(callOf(event));
    await environment.end();
    return payloadOf(end);
  };

  it("is nobody else, may become nobody else, and has nothing of Sluice's", async () => {
    const found = await run(`
      const status = require("fs").readFileSync("/proc/self/status", "utf8");
      const field = (name) => new RegExp("^" + name + ":\\\\s+(.*)$", "m").exec(status)[1];
      return {
        user: [process.getuid(), process.geteuid(), process.getgid()], groups: process.getgroups(),
        capabilities: ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(field), noNewPrivileges: field("NoNewPrivs"),
        cwd: process.cwd(), umask: process.umask(), variables: Object.keys(process.env).sort(),
        processes: require("fs").readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length,
      };`);
    expect(found).toMatchObject({
      user: [FIRST_UID, FIRST_UID, FIRST_UID],
      groups: [FIRST_UID],
      capabilities: Array(5).fill("0000000000000000"),
      noNewPrivileges: "1",
      cwd: "/var/task",
      umask: 0o022,
      processes: 2,
    });
    const { variables } = found as { readonly variables: readonly string[] };
    expect(
      variables.filter((name) => /^SLUICE|SECRET|^npm_|^VITEST/.test(name) && name !== "AWS_SECRET_ACCESS_KEY"),
    ).toEqual([]);
  });

  it("sees its code, which it cannot change, and neither another's nor Sluice's data", async () => {
    const secret = join(world.directory, "secret");
    writeFileSync(secret, "of Sluice", { mode: 0o644 });
    const other = await open(javaScript("return 1;", "// of another"), { uid: OTHER_UID });
    const found = await run(
      `const fs = require("fs");
       const attempt = (does) => { try { return does(); } catch (error) { return error.code; } };
       return {
         root: fs.readdirSync("/").sort(), task: fs.readdirSync("/var/task"), temporary: fs.readdirSync("/tmp"),
         secret: attempt(() => fs.readFileSync(event.secret, "utf8")), folder: attempt(() => fs.readdirSync(event.directory)),
         code: attempt(() => fs.writeFileSync("/var/task/index.js", "")), runtime: attempt(() => fs.writeFileSync("/var/runtime/x", "")),
         usr: attempt(() => fs.writeFileSync("/usr/x", "")), root2: attempt(() => fs.mkdirSync("/x")),
         shadow: attempt(() => fs.readFileSync("/etc/shadow", "utf8")),
         environ: attempt(() => fs.readFileSync("/proc/" + event.pid + "/environ")), memory: attempt(() => fs.readFileSync("/proc/" + event.pid + "/mem")),
         killed: attempt(() => process.kill(event.pid, "SIGKILL")),
       };`,
      { secret, directory: world.directory, pid: process.pid },
    );
    const denied = expect.stringMatching(/^(EROFS|EACCES|EPERM)$/);
    expect(found).toMatchObject({
      task: ["index.js"],
      temporary: [],
      secret: "ENOENT",
      folder: "ENOENT",
      code: denied,
      runtime: denied,
      usr: denied,
      root2: denied,
      shadow: denied,
      environ: "ENOENT",
      memory: "ENOENT",
      killed: "ESRCH",
    });
    const { root } = found as { readonly root: readonly string[] };
    for (const name of ["root", "home", "run", "sys", "srv", "opt"]) expect(root).not.toContain(name);
    await other.end();
  });

  it("has a /tmp of its own, no larger than it was given", async () => {
    const body = `const fs = require("fs");
      const before = fs.readdirSync("/tmp");
      let written = 0;
      try { for (;;) { fs.appendFileSync("/tmp/mine", Buffer.alloc(1 << 20)); written += 1; } } catch (error) { return { before, written, code: error.code }; }`;
    for (const _ of [1, 2]) {
      expect(await run(body, {}, { ephemeralStorageMegabytes: 16 })).toEqual({
        before: [],
        written: 16,
        code: "ENOSPC",
      });
    }
  });

  it("counts what is in its /tmp as its memory, also where memory is watched", async () => {
    const own = openRunner({ machine: { hasCgroups: false } });
    const body = `require("fs").writeFileSync("/tmp/large", Buffer.alloc(160 << 20)); await new Promise(() => setInterval(() => undefined, 1000));`;
    const environment = await open(javaScript(body), { memoryMegabytes: 128 }, [], own);
    expect(payloadOf(await environment.call(callOf({})))).toMatchObject({ errorType: "Runtime.OutOfMemory" });
    await own.close();
  });

  it("is not answered by the Runtime API of another", async () => {
    const other = await open(javaScript("return process.env.AWS_LAMBDA_RUNTIME_API;"), { uid: OTHER_UID });
    const api = payloadOf(await other.call(callOf({})));
    const asked = await run(
      `const [host, port] = event.split(":");
       return new Promise((resolve) => {
         const request = require("http").get({ host, port, path: "/2018-06-01/runtime/invocation/next" }, (response) => resolve(response.statusCode));
         request.on("error", (error) => resolve(error.code));
       });`,
      api,
    );
    expect(asked).toMatch(/^(ECONNRESET|EPIPE)$/);
    expect(await other.call(callOf({})), "the other is none the worse").toMatchObject({ outcome: "answered" });
    await other.end();
  });

  it("that speaks for its runtime is ended, and nobody else", async () => {
    const other = await open(javaScript("return 1;"));
    const environment = await open(
      javaScript(`require("node:fs").writeSync(3, "GET / HTTP/1.1\\r\\n\\r\\n"); await new Promise(() => 0);`),
    );
    const end = await environment.call(callOf({}));
    expect(end).toMatchObject({ outcome: "failed" });
    expect(payloadOf(end)).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(environment.isOver).toBe(true);
    expect(payloadOf(await other.call(callOf({})))).toBe(1);
    await Promise.all([environment, other].map((each) => each.end()));
  });

  it("that opens a thousand files is told that there are no more", async () => {
    const found = await run(`const fs = require("fs"); let opened = 0;
      try { for (;;) { fs.openSync("/etc/hostname"); opened += 1; } } catch (error) { return { opened, code: error.code }; }`);
    expect(found).toMatchObject({ code: "EMFILE" });
    expect((found as { readonly opened: number }).opened).toBeLessThan(1_024);
  });

  it("that writes a gigabyte waits, and what is too much is dropped and counted", async () => {
    const lines: string[] = [];
    const body = `const line = "x".repeat(999) + "\\n"; for (let count = 0; count < 1 << 20; count += 1) require("fs").writeSync(1, line);`;
    const environment = await open(javaScript(body), { timeoutSeconds: 5 }, lines);
    const end = await environment.call(callOf({}));
    await environment.end();
    expect(payloadOf(end)).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(
      lines.some((line) => /^[0-9]+ bytes of the log were dropped: the function writes more than/.test(line)),
    ).toBe(true);
    const kept = lines.reduce((sum, line) => sum + line.length, 0);
    expect(kept).toBeLessThan(3 * MAX_FUNCTION_LOG_BURST_BYTES);
  });

  const BOMB = `const { spawn } = require("child_process");
    spawn("/bin/sh", ["-c", "bomb() { bomb & bomb & wait; }; bomb"], { stdio: "ignore", detached: true }).on("error", () => undefined);
    return new Promise(() => setInterval(() => undefined, 1000));`;
  it.each([
    ["with control groups", true],
    ["without", false],
  ])("that forks and forks ends with its time, %s", async (_, hasCgroups) => {
    const own = openRunner({ machine: { hasCgroups } });
    const environment = await open(javaScript(BOMB), { timeoutSeconds: 1 }, [], own);
    expect(payloadOf(await environment.call(callOf({})))).toMatchObject({ errorType: "Sandbox.Timedout" });
    await environment.end();
    expect(processesOf(FIRST_UID)).toEqual([]);
    await own.close();
  });

  it("that leaves processes which ignore TERM and have left their group takes them along", async () => {
    const body = `const { spawn } = require("child_process");
      process.on("SIGTERM", () => undefined);
      for (let count = 0; count < 3; count += 1) {
        spawn("/bin/sh", ["-c", "trap '' TERM HUP INT; setsid sh -c 'sleep 1000 & sleep 1000' & exit 0"], { stdio: "ignore", detached: true }).unref();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));`;
    const environment = await open(javaScript(body));
    expect(await environment.call(callOf({}))).toMatchObject({ outcome: "answered" });
    expect(processesOf(FIRST_UID).length).toBeGreaterThan(6);
    await environment.end();
    expect(processesOf(FIRST_UID)).toEqual([]);
  });

  it("ends with a Sluice that was killed, and the next one removes what it left", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-functions-"));
    const module = JSON.stringify(resolve(import.meta.dirname, "process-runner.fixture.ts"));
    const script = `
      import { openRunner } from ${module};
      const { runner, plan } = openRunner({ directory: ${JSON.stringify(directory)} });
      const uid = ${FIRST_UID};
      const files = { "index.js": "exports.handler = async () => 1; process.on('SIGTERM', () => 0);" };
      const start = await runner.start(plan(files, { uid }), { write: () => undefined }, new AbortController().signal);
      console.log(start.outcome);`;
    const sluice = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(sluice.stdout, "data")) as [Buffer];
    expect(said.toString()).toBe("ready\n");
    expect(processesOf(FIRST_UID).length).toBeGreaterThan(0);
    sluice.kill("SIGKILL");
    await expect.poll(() => processesOf(FIRST_UID)).toEqual([]);
    const left = readFileSync(join(directory, "control-groups"), { encoding: "utf8", flag: "a+" })
      .split("\n")
      .filter(Boolean);
    const next = openRunner({ directory });
    // Before its first function.
    await expect.poll(() => left.filter((folder) => existsSync(folder))).toEqual([]);
    const environment = await open(javaScript("return 1;"), {}, [], next);
    expect(readdirSync(join(directory, "mounts"))).toEqual([environment.environmentId]);
    await next.close();
    expect(statSync(directory, { throwIfNoEntry: false })).toBeUndefined();
    rmSync(directory, { recursive: true, force: true });
  });
});
