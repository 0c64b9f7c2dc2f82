import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGENT_OFFER_KIND, type AgentProgramOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fetchProgram } from "./fetch-program.ts";
import { tryProgram } from "./try-program.ts";

const PROGRAM = Buffer.from("#!/bin/sh\necho 0.3.0\n");
const OFFER: AgentProgramOffer = {
  kind: AGENT_OFFER_KIND,
  upgradeId: "u-A1B2C3D4E",
  hostIdentifier: "arn:web-1",
  version: "0.3.0",
  platform: "linux-x64",
  sha256: createHash("sha256").update(PROGRAM).digest("hex"),
  bytes: PROGRAM.length,
  isDowngrade: false,
  signedAt: "2026-11-30T12:00:00Z",
};

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "sluice-programs-"));
});
afterEach(() => rmSync(programs, { recursive: true }));

async function* pieces(...buffers: readonly Buffer[]) {
  yield* buffers;
}
const fetchIt = (source: () => AsyncIterable<Buffer>, change: Partial<AgentProgramOffer> = {}) =>
  fetchProgram(
    { ...OFFER, ...change },
    { programs, source: async () => source(), signal: new AbortController().signal },
  );

it("writes the whole program, and nothing that was there before it", async () => {
  for (const name of ["next", "next.unfinished"]) writeFileSync(join(programs, name), "of an earlier upgrade");
  const file = await fetchIt(() => pieces(PROGRAM.subarray(0, 5), PROGRAM.subarray(5)));
  expect(readFileSync(file)).toEqual(PROGRAM);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  expect(readdirSync(programs)).toEqual(["next"]);
  await tryProgram(file, "0.3.0");
});

it.each([
  ["other bytes", () => pieces(Buffer.alloc(PROGRAM.length)), {}, "another hash than the one that the server signed"],
  ["too few bytes", () => pieces(PROGRAM.subarray(1)), {}, "ended after 20 of 21 bytes"],
  ["too many bytes", () => pieces(PROGRAM, Buffer.alloc(1)), {}, "more than the 21 bytes"],
  [
    "a connection that breaks off",
    async function* () {
      yield PROGRAM.subarray(0, 3);
      throw new Error("socket hang up");
    },
    {},
    "socket hang up",
  ],
  ["a program that the disk has no room for", () => pieces(), { bytes: 2 ** 52 }, /iB free: make room for/],
])("leaves nothing of %s", async (_, source, change, message) => {
  await expect(fetchIt(source, change)).rejects.toThrow(message);
  expect(readdirSync(programs)).toEqual([]);
});

it.each([
  ["exit 3", "ended with status 3"],
  ["echo 0.2.9", "does not say that it is 0.3.0"],
  ["kill -9 $$", "ended with SIGKILL"],
])("does not take a program for good that does this when it is tried: %s", async (line, message) => {
  const text = Buffer.from(`#!/bin/sh\n${line}\n`);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const file = await fetchIt(() => pieces(text), { sha256, bytes: text.length });
  await expect(tryProgram(file, "0.3.0")).rejects.toThrow(message);
  expect(existsSync(file)).toBe(true);
});
