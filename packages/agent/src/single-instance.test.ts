import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AGENT_SOCKET_NAME, AlreadyRunning, askRunningAgent, becomeOnlyInstance } from "./single-instance.ts";

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
