import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { cleanEnvironment, runProgram, SLUICE } from "../installation/sluice-server.fixture.ts";

it("a server is the process that was started, under a name of its own", async () => {
  const data = mkdtempSync(join(tmpdir(), "sluice-e2e-launcher-"));
  const server = spawn(SLUICE, ["server", "--data", data, "--listen", "127.0.0.1:0"], { env: cleanEnvironment() });
  try {
    await new Promise((resolve, reject) => {
      createInterface(server.stdout).once("line", resolve);
      server.once("exit", (code) => reject(new Error(`sluice server exited with ${code}`)));
    });
    const read = (name: string) => readFileSync(`/proc/${server.pid}/${name}`, "utf8").split("\0");
    expect(read("environ")).toContain("MALLOC_ARENA_MAX=1");
    expect(read("comm")).toEqual(["sluice-server\n"]);
    expect(read("cmdline")[0]).toBe(`sluice-server --data ${data}`);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, "utf8")).not.toMatch(/node/i);
    expect(basename(readlinkSync(`/proc/${server.pid}/exe`))).toBe("sluice-server");
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
});

it("a server runs with the small heap that it was measured with", async () => {
  const told = await execLine("server", "--help");
  expect(told).toContain("--max-semi-space-size=4 --heap-growing-percent=40 --no-node-snapshot");
});

it("an agent runs with the small heap that it was measured with", async () => {
  const told = await execLine("agent", "status", "--data", "/nonexistent");
  expect(told).toContain(
    "--optimize-for-size --max-semi-space-size=1 --sparkplug --no-maglev --no-opt --no-node-snapshot",
  );
});

describe("the name of its own", () => {
  /** An installation with nothing but what the launcher looks at, with Node as given. */
  function install(put: (file: string) => void): string {
    const root = mkdtempSync(join(tmpdir(), "sluice-e2e-names-"));
    const bin = join(root, "node_modules", `node-linux-${process.arch}`, "bin");
    for (const directory of [join(root, "bin"), bin, join(root, "dist")]) mkdirSync(directory, { recursive: true });
    copyFileSync(SLUICE, join(root, "bin/sluice"));
    put(join(bin, "node"));
    writeFileSync(join(root, "dist/agent.cjs"), "");
    return root;
  }
  const said = async (root: string) =>
    (await runProgram(join(root, "bin/sluice"), ["agent"], cleanEnvironment())).stdout.trim();
  /** A program that says what it was called as, in Node's place: a copy of Node would take 120 MB. */
  const speaker = (text: string) => (file: string) =>
    writeFileSync(file, `#!/bin/sh\necho "${text} $(basename "$0")"\n`, { mode: 0o755 });

  it("is another name of Node's file, that takes no room, and follows it when it is replaced", async () => {
    const root = install(speaker("one"));
    const file = join(root, "node_modules", `node-linux-${process.arch}`, "bin/node");
    const named = join(root, "dist/programs/sluice-agent");
    try {
      expect(await said(root)).toBe("one sluice-agent");
      expect(statSync(named).ino).toBe(statSync(file).ino);
      rmSync(file);
      speaker("two")(file);
      expect(await said(root)).toBe("two sluice-agent");
      expect(statSync(named).ino).toBe(statSync(file).ino);
      expect(readdirSync(join(root, "dist/programs"))).toEqual(["sluice-agent"]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("is a copy where there can be no second name, made anew when Node's file is newer", async () => {
    const root = install(speaker("one"));
    const file = join(root, "node_modules", `node-linux-${process.arch}`, "bin/node");
    const named = join(root, "dist/programs/sluice-agent");
    try {
      mkdirSync(join(root, "dist/programs"));
      // As `cp` leaves it: a file of its own, younger than Node's.
      utimesSync(file, new Date(0), new Date(0));
      copyFileSync(file, named);
      const copied = statSync(named).ino;
      expect(await said(root)).toBe("one sluice-agent");
      expect(statSync(named).ino, "nothing is copied again").toBe(copied);
      speaker("two")(file);
      utimesSync(named, new Date(0), new Date(0));
      expect(await said(root)).toBe("two sluice-agent");
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("is in a directory that only its owner may write to, whatever the umask", async () => {
    const root = install(speaker("one"));
    try {
      const { stdout } = await runProgram(
        "sh",
        ["-c", `umask 0; "${root}/bin/sluice" agent; umask`],
        cleanEnvironment(),
      );
      expect(stdout).toMatch(/^one sluice-agent\n0*\n$/);
      expect(statSync(join(root, "dist/programs")).mode & 0o022).toBe(0);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("is done without in an installation that may not be written", async () => {
    const root = install(speaker("one"));
    try {
      // Also root cannot make a directory in a file's place.
      writeFileSync(join(root, "dist/programs"), "");
      expect(await said(root)).toBe("one node");
    } finally {
      rmSync(root, { recursive: true });
    }
  });
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
