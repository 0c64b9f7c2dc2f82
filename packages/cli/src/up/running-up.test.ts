import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownIdentity } from "../process/process-identity.ts";
import { claimDirectory } from "./claim.ts";
import { endUp, untilOtherIsReady } from "./running-up.ts";
import { type UpRecord, writeUpRecord } from "./up-record.ts";

test("who waits for another sluice up to be ready waits no longer than that one lives", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-running-up-"));
  const starting = spawn("sleep", ["600"], { stdio: "ignore" });
  try {
    await once(starting, "spawn");
    const processId = starting.pid ?? 0;
    const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    const owner = { ...(await ownIdentity()), processId, startedAt };
    const record: UpRecord = { runId: "abc", owner, network: undefined };
    await writeUpRecord(directory, record);
    const waiting = untilOtherIsReady(directory, record);
    starting.kill("SIGKILL");
    expect(await waiting).toBeUndefined();
  } finally {
    starting.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  }
});

test("sluice down waits for a sluice up that is starting and has not noted yet who it is", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-running-up-"));
  const claim = await claimDirectory(directory);
  try {
    let isOver = false;
    const ending = endUp(directory).finally(() => {
      isOver = true;
    });
    // It has looked once at the least by then.
    for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done, 20));
    expect(isOver).toBe(false);
    await claim?.release();
    expect(await ending).toBe("nothing");
  } finally {
    await claim?.release();
    rmSync(directory, { recursive: true });
  }
});
