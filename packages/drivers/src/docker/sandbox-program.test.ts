import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sandboxImageOf } from "./sandbox-image.ts";
import { sandboxProgram } from "./sandbox-program.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

describe("the sandbox's program", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("waits, also after a pause, and ends well at %s", async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-sandbox-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "wait");
    writeFileSync(path, sandboxProgram(ARCHITECTURES[process.arch] ?? "")!, { mode: 0o755 });
    const child = spawn(path);
    const ended = once(child, "exit");
    const until = (state: string) =>
      vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/stat`, "utf8")).toContain(`) ${state} `), 10_000);
    await until("S");
    child.kill("SIGSTOP");
    await until("T");
    child.kill("SIGCONT");
    await until("S");
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ["amd64", 62, "sluice/sandbox:"],
    ["arm64", 183, "sluice/sandbox:"],
  ])("is an ELF file for %s, in an image that its bytes name", (architecture, machine, name) => {
    const program = sandboxProgram(architecture)!;
    expect(program.subarray(0, 4).toString("latin1")).toBe("\u007fELF");
    expect(program.readUInt16LE(18)).toBe(machine);
    expect(sandboxImageOf(architecture)?.image).toContain(name);
    expect(sandboxImageOf(architecture)?.tar.includes(program)).toBe(true);
  });

  it("is not made for others", () => {
    expect(sandboxImageOf("s390x")).toBeUndefined();
  });
});
