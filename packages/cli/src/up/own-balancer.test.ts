import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endBalancerOf } from "./own-balancer.ts";

let directory: string;
let config: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-balancer-"));
  mkdirSync(join(directory, "haproxy"));
  config = join(directory, "haproxy", "haproxy.cfg");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

/** A program with these words in its command line, once it runs. */
async function running(...words: readonly string[]): Promise<ChildProcess> {
  const script = "console.log('runs'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", script, "--", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child;
}

it("ends what was started as the server starts HAProxy, and nothing that only reads its file", async () => {
  writeFileSync(config, "");
  const haproxy = await running("-W", "-q", "-f", config);
  const editor = await running(config);
  const other = await running("-W", "-f", `${config}.other`);
  const ended = new Promise((resolve) => haproxy.once("exit", (_, signal) => resolve(signal)));
  expect(await endBalancerOf(directory)).toBe(true);
  expect(await ended).toBe("SIGTERM");
  expect([editor.exitCode, editor.signalCode, other.exitCode, other.signalCode]).toEqual([null, null, null, null]);
  expect(await endBalancerOf(directory)).toBe(false);
});

it("has nothing to end where no load balancer was served", async () => {
  expect(await endBalancerOf(directory)).toBe(false);
});
