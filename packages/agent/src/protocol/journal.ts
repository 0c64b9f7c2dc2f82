import { closeSync, fdatasync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { replaceFile } from "../host/durable-file.ts";
import { ensureDirectory } from "../host/layout.ts";
import type { CommandOutcome } from "../host/lifecycle-command.ts";
import type { ProcessGroup } from "../process/process-group.ts";
import { readTrackingFiles, removeTrackingFile, writeTrackingFile } from "./tracking-file.ts";

/** A command that this host has taken on, as far as the journal knows. */
export interface JournalEntry {
  readonly commandId: string;
  readonly deploymentId: string;
  readonly deploymentGroupId: string;
  readonly event: string;
  /** What the script that was started last has in its environment. */
  readonly scriptMark?: string | undefined;
  /** That script's process group; absent until it is recorded. */
  readonly processGroup?: ProcessGroup | undefined;
  /** How it ended; absent while it runs, or when the agent died meanwhile. */
  readonly outcome?: CommandOutcome | undefined;
  /** The server has answered the report of the outcome. */
  readonly isReported: boolean;
}

export type TakenCommand = Pick<JournalEntry, "commandId" | "deploymentId" | "deploymentGroupId" | "event">;

/** One line of the file each. `taken` and `ended` are flushed to the disk; the others need only survive the process. */
type JournalRecord =
  | ({ readonly state: "taken" } & TakenCommand)
  | { readonly state: "mark"; readonly commandId: string; readonly mark: string }
  | { readonly state: "script"; readonly commandId: string; readonly processGroup: ProcessGroup }
  | { readonly state: "ended"; readonly commandId: string; readonly outcome: CommandOutcome }
  | { readonly state: "reported"; readonly commandId: string }
  | { readonly state: "released"; readonly commandId: string };

export const JOURNAL_FILE_NAME = "command-journal";
/** Who can read a script's mark can pass for the script; and what scripts printed is nobody else's business. */
const JOURNAL_MODE = 0o600;
/** How many reported commands are remembered, so that none of them ever runs again. A deployment has 7 to 13. */
export const MAX_REMEMBERED_COMMANDS = 4_096;
/** The file is written anew when it has grown by this much since the last time. */
export const MAX_JOURNAL_GROWTH_BYTES = 1024 * 1024;

const flush = promisify(fdatasync);

/**
 * What this host has started, on disk before it starts: a command (and an event of a deployment, by whatever command) that is in here is
 * never run again, and each outcome is reported until the server answers. One flush before a run and one at its end; both may overlap
 * the requests to the server, since each alone is enough to keep the promise.
 */
export class Journal {
  readonly #directory: string;
  readonly #entries = new Map<string, JournalEntry>();
  readonly #commandByEvent = new Map<string, string>();
  #descriptor: number;
  #bytes = 0;
  #bytesAtRewrite = 0;
  #isTorn = false;
  #flushing: Promise<void> | undefined;
  #nextFlush: Promise<void> | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#load();
    this.#adoptTrackingFiles();
    this.#descriptor = this.#rewrite();
  }

  static open(directory: string): Journal {
    ensureDirectory(directory);
    return new Journal(directory);
  }

  find(commandId: string): JournalEntry | undefined {
    return this.#entries.get(commandId);
  }

  findEvent(deploymentId: string, event: string): JournalEntry | undefined {
    const commandId = this.#commandByEvent.get(eventKey(deploymentId, event));
    return commandId === undefined ? undefined : this.#entries.get(commandId);
  }

  /** Taken and never reported: at start, what an earlier agent left behind. */
  unreported(): readonly JournalEntry[] {
    return [...this.#entries.values()].filter((entry) => !entry.isReported);
  }

  /** Resolves when it is on the disk: only then may the command run. Rejects when the disk refuses: then it must not. */
  async take(command: TakenCommand): Promise<void> {
    this.#append({ state: "taken", ...command });
    writeTrackingFile(this.#directory, command.deploymentId, command.commandId);
    await this.#flushed();
  }

  /** Not flushed, and neither is the number: a power cut ends the script too. */
  recordMark(commandId: string, mark: string): void {
    this.#append({ state: "mark", commandId, mark });
  }

  recordScript(commandId: string, processGroup: ProcessGroup): void {
    this.#append({ state: "script", commandId, processGroup });
  }

  async end(commandId: string, outcome: CommandOutcome): Promise<void> {
    this.#append({ state: "ended", commandId, outcome });
    await this.#flushed();
  }

  /** Not flushed: after a power cut the report is sent once more, and the server keeps the first. */
  report(commandId: string): void {
    this.#finish(commandId, { state: "reported", commandId });
  }

  /** Taken and certainly not run, by the server's own word: it may come again. */
  release(commandId: string): void {
    this.#finish(commandId, { state: "released", commandId });
  }

  async close(): Promise<void> {
    await this.#flushed().catch(() => undefined);
    closeSync(this.#descriptor);
  }

  #finish(commandId: string, record: JournalRecord): void {
    const entry = this.#entries.get(commandId);
    if (entry === undefined) return; // never taken: it failed before its acknowledgement
    this.#append(record);
    removeTrackingFile(this.#directory, entry.deploymentId, commandId);
    if (this.#bytes - this.#bytesAtRewrite > MAX_JOURNAL_GROWTH_BYTES) this.#rewriteOpen();
  }

  #append(record: JournalRecord): void {
    // A write that failed half-way (full disk) left a torn line behind, which must not swallow this one.
    const line = Buffer.from(`${this.#isTorn ? "\n" : ""}${JSON.stringify(record)}\n`);
    this.#isTorn = true;
    writeAll(this.#descriptor, line);
    this.#isTorn = false;
    this.#bytes += line.length;
    this.#apply(record);
  }

  /** Commands that start or end together share a flush: whoever comes while one runs joins the next. */
  #flushed(): Promise<void> {
    if (this.#flushing === undefined) {
      this.#flushing = flush(this.#descriptor).finally(() => {
        this.#flushing = undefined;
      });
      return this.#flushing;
    }
    this.#nextFlush ??= this.#flushing
      .catch(() => undefined)
      .then(() => {
        this.#nextFlush = undefined;
        return this.#flushed();
      });
    return this.#nextFlush;
  }

  #apply(record: JournalRecord): void {
    if (record.state === "taken") {
      const { state: _, ...command } = record;
      this.#entries.set(record.commandId, { ...command, isReported: false });
      this.#commandByEvent.set(eventKey(record.deploymentId, record.event), record.commandId);
      return;
    }
    const entry = this.#entries.get(record.commandId);
    if (entry === undefined) return;
    // The number of the script before it says nothing of this one.
    if (record.state === "mark") this.#update({ ...entry, scriptMark: record.mark, processGroup: undefined });
    if (record.state === "script") this.#update({ ...entry, processGroup: record.processGroup });
    if (record.state === "ended") this.#update({ ...entry, outcome: record.outcome });
    // The log went with the report: 4,096 of them would be 8 MB.
    if (record.state === "reported") {
      this.#update({ ...entry, outcome: entry.outcome && { ...entry.outcome, log: "" }, isReported: true });
      this.#forgetOldest();
    }
    if (record.state === "released") this.#forget(entry);
  }

  #update(entry: JournalEntry): void {
    this.#entries.set(entry.commandId, entry);
  }

  #forgetOldest(): void {
    if (this.#entries.size <= MAX_REMEMBERED_COMMANDS) return;
    for (const entry of this.#entries.values()) {
      if (!entry.isReported) continue;
      this.#forget(entry);
      return;
    }
  }

  #forget(entry: JournalEntry): void {
    this.#entries.delete(entry.commandId);
    const key = eventKey(entry.deploymentId, entry.event);
    if (this.#commandByEvent.get(key) === entry.commandId) this.#commandByEvent.delete(key);
  }

  #load(): void {
    for (const line of readLines(join(this.#directory, JOURNAL_FILE_NAME))) {
      const record = parseRecord(line);
      if (record !== undefined) this.#apply(record);
    }
  }

  /** What the reference agent was doing here when it was replaced by this one: its tracking file names the command. */
  #adoptTrackingFiles(): void {
    for (const { deploymentId, commandId } of readTrackingFiles(this.#directory)) {
      const entry = this.#entries.get(commandId);
      if (entry?.isReported) removeTrackingFile(this.#directory, deploymentId, commandId);
      if (entry !== undefined) continue;
      this.#apply({ state: "taken", commandId, deploymentId, deploymentGroupId: "", event: "" });
    }
  }

  #rewriteOpen(): void {
    const previous = this.#descriptor;
    this.#descriptor = this.#rewrite();
    // A flush of the old file may be under way; what it covers is in the new one, which is flushed already.
    const flushes = [this.#flushing, this.#nextFlush].map((flushing) => flushing?.catch(() => undefined));
    void Promise.all(flushes).then(() => closeSync(previous));
  }

  #rewrite(): number {
    const path = join(this.#directory, JOURNAL_FILE_NAME);
    const text = [...this.#entries.values()].flatMap(recordsOf).map((record) => `${JSON.stringify(record)}\n`);
    replaceFile(path, text.join(""), { mode: JOURNAL_MODE });
    this.#bytes = Buffer.byteLength(text.join(""));
    this.#bytesAtRewrite = this.#bytes;
    return openSync(path, "a", JOURNAL_MODE);
  }
}

function recordsOf(entry: JournalEntry): readonly JournalRecord[] {
  const { commandId, deploymentId, deploymentGroupId, event, scriptMark, processGroup, outcome, isReported } = entry;
  const records: JournalRecord[] = [{ state: "taken", commandId, deploymentId, deploymentGroupId, event }];
  if (scriptMark !== undefined && !isReported) records.push({ state: "mark", commandId, mark: scriptMark });
  if (processGroup !== undefined && !isReported) records.push({ state: "script", commandId, processGroup });
  if (outcome !== undefined) records.push({ state: "ended", commandId, outcome });
  if (isReported) records.push({ state: "reported", commandId });
  return records;
}

function eventKey(deploymentId: string, event: string): string {
  return `${deploymentId}/${event}`;
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The last line may be torn by a power cut: then its flush never returned, and nothing was done because of it. */
function parseRecord(line: string): JournalRecord | undefined {
  try {
    const record: unknown = JSON.parse(line);
    const isRecord = typeof record === "object" && record !== null && "state" in record && "commandId" in record;
    return isRecord ? (record as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(descriptor, bytes, offset);
}
