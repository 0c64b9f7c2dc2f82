import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AGENT_SOCKET_NAME, AlreadyRunning, askRunningAgent, becomeOnlyInstance } from "./single-instance.ts";
import { holdStartDoor } from "./start-door.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-instance-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const describeSelf = () => ({ processId: process.pid });

it("lets one in, says who it is, and lets the next in afterwards", async () => {
  const lock = await becomeOnlyInstance(root, describeSelf);
  expect(await askRunningAgent(root)).toEqual({ processId: process.pid });
  await expect(becomeOnlyInstance(root, describeSelf)).rejects.toThrow(`process ${process.pid}`);
  await lock.release();
  expect(await askRunningAgent(root)).toBeUndefined();
  await (await becomeOnlyInstance(root, describeSelf)).release();
  expect(existsSync(join(root, AGENT_SOCKET_NAME))).toBe(false);
});

it.skipIf(process.platform !== "linux")(
  "lets exactly one of many in that start together over a dead one's socket",
  async () => {
    const script = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script, join(root, AGENT_SOCKET_NAME)]);
    expect(existsSync(join(root, AGENT_SOCKET_NAME))).toBe(true);
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => becomeOnlyInstance(root, describeSelf)));
    const locks = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    expect(locks).toHaveLength(1);
    for (const start of starts) if (start.status === "rejected") expect(start.reason).toBeInstanceOf(AlreadyRunning);
    await locks[0]!.release();
  },
);

it.skipIf(process.platform !== "linux")(
  "works in a directory whose path is longer than a socket's may be",
  async () => {
    const deep = join(root, "d".repeat(120), "e".repeat(120));
    mkdirSync(deep, { recursive: true });
    const lock = await becomeOnlyInstance(deep, describeSelf);
    expect(await askRunningAgent(deep)).toEqual({ processId: process.pid });
    await lock.release();
  },
);

it("finds no agent where there is no directory", async () => {
  expect(await askRunningAgent(join(root, "nothing"))).toBeUndefined();
});

const isRoot = process.geteuid?.() === 0;
const LOCAL_USER = { uid: 12_345, gid: 54_321 };

/** A program in a process of its own that says "ready" when it has done what it is for, and then stays. */
async function start(
  program: string,
  options: { readonly uid?: number; readonly gid?: number } = {},
): Promise<ChildProcess> {
  const argv = ["--input-type=module", "-e", program];
  const child = spawn(process.execPath, argv, { ...options, cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

it.skipIf(!isRoot)("cannot be kept from starting by another user of the host (needs root, to become one)", async () => {
  chmodSync(root, 0o755);
  const { dev, ino } = statSync(root);
  // The name of the abstract socket that was the door once: any user may listen there.
  const name = createHash("sha256")
    .update(`${realpathSync(root)}\n${dev}\n${ino}`)
    .digest("hex");
  const holder = await start(
    `import { createServer } from "node:net";
     createServer().listen(${JSON.stringify(`\0sluice-agent-${name}`)}, () => console.log("ready"));`,
    LOCAL_USER,
  );
  try {
    await (await becomeOnlyInstance(root, describeSelf)).release();
    const planted = spawnSync("sh", ["-c", `mkdir ${root}/.starting; touch ${root}/.starting/x`], LOCAL_USER);
    expect(planted.status).not.toBe(0);
    chownSync(join(root, ".starting"), LOCAL_USER.uid, LOCAL_USER.gid);
    await expect(becomeOnlyInstance(root, describeSelf)).rejects.toThrow(/must belong only to the agent's user.*rm -r/);
  } finally {
    await kill(holder);
  }
});

it("is not kept from starting by an agent that was killed while it started", async () => {
  const module = fileURLToPath(new URL("./start-door.ts", import.meta.url));
  const program = `
    const { holdStartDoor } = await import(${JSON.stringify(module)});
    await holdStartDoor(${JSON.stringify(root)}, 1_000);
    console.log("ready");
    setInterval(() => {}, 1_000);`;
  const killed = await start(program);
  expect(await holdStartDoor(root, 50), "while it lives").toBeUndefined();
  await kill(killed);
  await (await becomeOnlyInstance(root, describeSelf)).release();
});

it("removes what an agent that was killed in the moment of its start has left, and not what one that starts now makes", async () => {
  await (await becomeOnlyInstance(root, describeSelf)).release();
  const folder = join(root, ".starting");
  const script = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  for (const name of ["new-old", "new-young"]) spawnSync(process.execPath, ["-e", script, join(folder, name)]);
  const alive = createServer();
  await new Promise<void>((resolve) => alive.listen(join(folder, "new-alive"), resolve));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const name of ["new-old", "new-alive"]) utimesSync(join(folder, name), anHourAgo, anHourAgo);
  await (await becomeOnlyInstance(root, describeSelf)).release();
  expect(readdirSync(folder).sort()).toEqual(["new-alive", "new-young"]);
  await new Promise((resolve) => alive.close(resolve));
});
