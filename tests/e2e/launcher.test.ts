import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { cleanEnvironment, runProgram, SLUICE } from "./sluice-server.ts";

it("a server runs with the small heap that it was measured with, as the process that was started", async () => {
  const data = mkdtempSync(join(tmpdir(), "sluice-e2e-launcher-"));
  const server = spawn(SLUICE, ["server", "--data", data, "--listen", "127.0.0.1:0"], { env: cleanEnvironment() });
  try {
    await new Promise((resolve, reject) => {
      createInterface(server.stdout).once("line", resolve);
      server.once("exit", (code) => reject(new Error(`sluice server exited with ${code}`)));
    });
    const read = (name: string) => readFileSync(`/proc/${server.pid}/${name}`, "utf8").split("\0");
    expect(read("cmdline")).toContain("--max-semi-space-size=4");
    expect(read("cmdline")).toContain("--heap-growing-percent=40");
    expect(read("cmdline")).toContain("--no-node-snapshot");
    expect(read("environ")).toContain("MALLOC_ARENA_MAX=1");
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
});

it("an agent runs with the small heap that it was measured with", async () => {
  const told = await execLine("agent", "status", "--data", "/nonexistent");
  expect(told).toContain("--optimize-for-size --max-semi-space-size=1 --no-sparkplug --no-maglev --no-node-snapshot");
});

it("other verbs run as Node is", async () => {
  const line = await execLine("--version");
  expect(line).toContain("--version");
  expect(line).not.toContain("semi-space");
});

/** The line by which the launcher becomes the program. */
async function execLine(...args: string[]): Promise<string> {
  const { stderr } = await runProgram("sh", ["-x", SLUICE, ...args], cleanEnvironment());
  return /^\+ exec .*$/m.exec(stderr)?.[0] ?? "";
}
