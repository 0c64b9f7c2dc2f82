import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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

/** Runs a program that may write 4 or 8 KiB to a file: on a disk that fills up in the middle, the system takes a part of what is written as well. */
function onFullDisk(program: string): string {
  const shell = `trap "" XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
  const done = spawnSync("/bin/sh", ["-c", shell, process.execPath, program], { encoding: "utf8" });
  return `${done.stdout}${done.stderr}`.trim();
}

test("a file keeps its old text when the disk is full in the middle of the new one", () => {
  const path = join(base, "list");
  writeFileSync(path, "old");
  const module = JSON.stringify(join(import.meta.dirname, "durable-file.ts"));
  const program = `const { replaceFile } = await import(${module});
    try { replaceFile(${JSON.stringify(path)}, "x".repeat(65536)); } catch (error) { console.log(error.code); }`;
  expect(onFullDisk(program)).toBe("EFBIG");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(base)).toEqual(["list"]);
});

test("so it is with what an enrolment writes", () => {
  writeFileSync(join(base, "credentials.json"), "old");
  const module = JSON.stringify(join(import.meta.dirname, "../identity/enrolment-files.ts"));
  const program = `const { writeEnrolment } = await import(${module});
    const credentials = { accessKeyId: "x".repeat(65536) };
    try { writeEnrolment(${JSON.stringify(base)}, { credentials, signingCertificate: "" }); } catch (error) { console.log(error.code); }`;
  expect(onFullDisk(program)).toBe("EFBIG");
  expect(readFileSync(join(base, "credentials.json"), "utf8")).toBe("old");
});
