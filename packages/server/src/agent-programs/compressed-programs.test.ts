import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeEach, expect, it } from "vitest";
import { CompressedPrograms, MAX_COMPRESSED_PROGRAMS, type UncompressedProgram } from "./compressed-programs.ts";
import { agentPrograms } from "./find-agent-program.ts";

let root: string;
let directory: string;
let now: number;
let problems: unknown[];
let programs: CompressedPrograms;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-compressed-"));
  directory = join(root, "agent-programs/compressed");
  [now, problems] = [1000, []];
  programs = new CompressedPrograms({ directory, now: () => now, onError: (error) => problems.push(error) });
  return async () => {
    await programs.close();
    rmSync(root, { recursive: true });
  };
});

function program(name: string, text: string): UncompressedProgram {
  const file = join(root, name);
  writeFileSync(file, text);
  return { file, sha256: createHash("sha256").update(text).digest("hex"), bytes: text.length };
}

it("gives the program as it is until the compressed one is there, which is made once", async () => {
  const text = "a program ".repeat(100_000);
  mkdirSync(join(root, "agent-programs"));
  program("agent-programs/sluice-9.0.0-linux-x64", text);
  const parts = { version: "9.0.0", own: undefined, dataDirectory: root, releaseDirectory: undefined };
  const find = agentPrograms({ ...parts, compressed: programs });
  expect(await find("linux-x64")).toMatchObject({ bytes: text.length, gzipFile: undefined });
  await find("linux-x64");
  await programs.settled();
  const found = await find("linux-x64");
  const gzipFile = "gzipFile" in found ? (found.gzipFile ?? "") : "";
  expect(gunzipSync(readFileSync(gzipFile)).toString()).toBe(text);
  expect(readdirSync(directory)).toHaveLength(1);
  expect(problems).toEqual([]);
});

it("removes what a killed server left, and the oldest", async () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "0.gz.unfinished"), "half");
  for (let index = 0; index <= MAX_COMPRESSED_PROGRAMS; index += 1) {
    expect(await programs.of(program("program", `version ${index}`))).toBeUndefined();
    await programs.settled();
  }
  expect(readdirSync(directory).filter((name) => name.endsWith(".gz"))).toHaveLength(MAX_COMPRESSED_PROGRAMS);
  expect(readdirSync(directory)).toHaveLength(MAX_COMPRESSED_PROGRAMS);
  expect(await programs.of(program("program", `version ${MAX_COMPRESSED_PROGRAMS}`))).toBeDefined();
});

it("keeps nothing of a program that was replaced meanwhile", async () => {
  const replaced = { ...program("program", "new"), sha256: "0".repeat(64) };
  await programs.of(replaced);
  await programs.settled();
  expect(readdirSync(directory)).toEqual([]);
  expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining("was replaced") })]);
});

it("goes on without it where it cannot be written, says so once, and tries again after an hour", async () => {
  writeFileSync(join(root, "agent-programs"), "a file in the directory's place");
  const asked = program("program", "text");
  const ask = async () => {
    expect(await programs.of(asked)).toBeUndefined();
    await programs.settled();
  };
  await ask();
  await ask();
  expect(problems).toHaveLength(1);
  now += 3_600_000;
  await ask();
  expect(problems).toHaveLength(2);
  expect(await programs.of({ ...asked, bytes: Number.MAX_SAFE_INTEGER })).toBeUndefined();
});

it("gives up what is in the making when the server ends", async () => {
  await programs.of(program("program", "text ".repeat(1_000_000)));
  await programs.close();
  expect(readdirSync(root)).not.toContain("unfinished");
  expect(problems).toEqual([]);
});
