import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { flushFileSystems } from "./durable-file.ts";

const PATH = process.env.PATH ?? "";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-durable-"));
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(base, { recursive: true, force: true });
});

function useSync(script: string): void {
  const programs = join(base, "bin");
  mkdirSync(programs);
  writeFileSync(join(programs, "sync"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, "sync"), 0o755);
  process.env.PATH = `${programs}${delimiter}${PATH}`;
}

test("a file system that never answers does not keep the agent for ever", async () => {
  useSync("exec sleep 600");
  const descriptor = openSync(base, "r");
  try {
    await expect(flushFileSystems([descriptor], 1)).rejects.toThrow("did not reach the disk within 0.001 s");
  } finally {
    closeSync(descriptor);
  }
});
