import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandOutcome } from "../host/lifecycle-command.ts";
import { JOURNAL_FILE_NAME, Journal, MAX_REMEMBERED_COMMANDS } from "./journal.ts";

const OUTCOME: CommandOutcome = { errorCode: 4, scriptName: "s.sh", message: "it broke", log: "last words" };
const commandOf = (name: string) => ({
  commandId: `id-${name}`,
  deploymentId: `d-${name}`,
  deploymentGroupId: "g",
  event: "Install",
});

let directory: string;
let journal: Journal;
const file = () => join(directory, JOURNAL_FILE_NAME);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-journal-"));
  journal = Journal.open(directory);
});
afterEach(async () => {
  await journal.close();
  rmSync(directory, { recursive: true });
});

async function reopen(): Promise<void> {
  await journal.close();
  journal = Journal.open(directory);
}

describe("what a new agent finds", () => {
  it("knows of a script that has just started its mark, and not the number of the one before", async () => {
    await journal.take(commandOf("running"));
    journal.recordMark("id-running", "first");
    journal.recordScript("id-running", { groupId: 7, startTicks: "99", bootId: "boot" });
    journal.recordMark("id-running", "second");
    await reopen();
    expect(journal.unreported()).toEqual([{ ...commandOf("running"), isReported: false, scriptMark: "second" }]);
  });

  it("is written by nobody else, whatever the umask", async () => {
    const before = process.umask(0);
    try {
      await journal.take(commandOf("running"));
    } finally {
      process.umask(before);
    }
    const paths = ["ongoing-deployment", "ongoing-deployment/d-running"].map((path) => join(directory, path));
    expect(paths.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(["755", "644"]);
  });

  it("can be read by the agent's user alone", async () => {
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it("is every command that was taken and not reported, with its outcome when it had one", async () => {
    await journal.take(commandOf("running"));
    journal.recordMark("id-running", "first");
    journal.recordScript("id-running", { groupId: 7, startTicks: "99", bootId: "boot" });
    await journal.take(commandOf("ended"));
    await journal.end("id-ended", OUTCOME);
    await journal.take(commandOf("reported"));
    await journal.end("id-reported", OUTCOME);
    journal.report("id-reported");
    await journal.take(commandOf("released"));
    journal.release("id-released");
    // Twice: what is read is written anew, and must say the same.
    for (let start = 0; start < 2; start++) {
      await reopen();
      expect(journal.unreported()).toEqual([
        {
          ...commandOf("running"),
          isReported: false,
          scriptMark: "first",
          processGroup: { groupId: 7, startTicks: "99", bootId: "boot" },
        },
        { ...commandOf("ended"), isReported: false, outcome: OUTCOME },
      ]);
      expect(journal.findEvent("d-reported", "Install")?.outcome).toEqual({ ...OUTCOME, log: "" });
      expect(journal.find("id-released")).toBeUndefined();
    }
  });

  it("is whole at every length that a power cut can leave of it", async () => {
    await journal.take(commandOf("a"));
    const afterFirst = statSync(file()).size;
    await journal.take(commandOf("b"));
    const whole = readFileSync(file());
    rmSync(join(directory, "ongoing-deployment", "d-b"));
    for (let length = afterFirst; length < whole.length - 1; length++) {
      truncateSync(file(), length);
      await reopen();
      expect(journal.unreported().map(({ commandId }) => commandId)).toEqual(["id-a"]);
      appendFileSync(file(), whole.subarray(afterFirst));
    }
  });

  it("does not let a torn line swallow the next one", async () => {
    await journal.take(commandOf("a"));
    appendFileSync(file(), '{"state":"taken","comm');
    await reopen();
    await journal.take(commandOf("b"));
    await reopen();
    expect(journal.unreported().map(({ commandId }) => commandId)).toEqual(["id-a", "id-b"]);
  });
});

/** Thousands of flushes: a disk that others keep busy takes its time, and only what hangs is to be ended. */
const MANY_FLUSHES_MILLISECONDS = 180_000;

it(
  "remembers a bounded number of commands, in a bounded file, and never forgets an unreported one",
  async () => {
    await journal.take(commandOf("held"));
    const long = { ...OUTCOME, message: "m".repeat(2_000) };
    for (let index = 0; index < MAX_REMEMBERED_COMMANDS + 50; index++) {
      const command = { ...commandOf(String(index)), commandId: `id-${index}` };
      const taken = journal.take(command);
      const ended = journal.end(command.commandId, index < 3_000 ? OUTCOME : long);
      await Promise.all([taken, ended]);
      journal.report(command.commandId);
    }
    expect(journal.find("id-0")).toBeUndefined();
    expect(journal.find(`id-${MAX_REMEMBERED_COMMANDS + 49}`)?.isReported).toBe(true);
    expect(journal.unreported().map(({ commandId }) => commandId)).toEqual(["id-held"]);
    const size = statSync(file()).size;
    await reopen();
    expect(journal.unreported()).toHaveLength(1);
    expect(size).toBeLessThan(statSync(file()).size + 2 * 1024 * 1024);
  },
  MANY_FLUSHES_MILLISECONDS,
);

it("rejects a take that the disk refuses, so that nothing runs unrecorded", async () => {
  rmSync(join(directory, "ongoing-deployment"), { recursive: true, force: true });
  appendFileSync(join(directory, "ongoing-deployment"), "a file where a directory belongs");
  await expect(journal.take(commandOf("a"))).rejects.toThrow();
});
