import type { FunctionLog } from "@sluice/engine/ports/function-runner.ts";
import type { Timers } from "../loops/timers.ts";
import {
  appendToLog,
  FUNCTION_LOG_FILES,
  listLogFiles,
  logFileBytes,
  logRecord,
  MAX_FUNCTION_LOG_FILE_BYTES,
  removeLogFile,
} from "./function-log-file.ts";
import { type FunctionLogPage, type FunctionLogQuery, readLogPage } from "./function-log-page.ts";

export interface FunctionLogsDependencies {
  readonly folder: string;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/** What was written within so long goes to the disk together. */
const GATHERING_MILLISECONDS = 50;
/** As much waits for a disk that is slow; what comes beyond it is left out, and a line says how much. */
export const MAX_FUNCTION_LOG_WAITING_BYTES = 1024 * 1024;

/** A function's log, as far as it is written. */
interface OpenLog {
  /** Of the file that is written to. */
  number: number;
  bytes: number;
  waiting: string[];
  waitingBytes: number;
  leftOut: number;
  /** The file ends in mid-record: a write failed, or a server before this one died. */
  isTorn: boolean;
  writing: Promise<void>;
  cancelTimer: (() => void) | undefined;
}

/** What functions write, on disk: of each the newest, in files that are replaced in turn. Writing never waits and never throws. */
export class FunctionLogs {
  readonly #dependencies: FunctionLogsDependencies;
  readonly #logs = new Map<string, OpenLog>();

  private constructor(dependencies: FunctionLogsDependencies) {
    this.#dependencies = dependencies;
  }

  static async open(dependencies: FunctionLogsDependencies): Promise<FunctionLogs> {
    const logs = new FunctionLogs(dependencies);
    for (const [functionName, numbers] of await listLogFiles(dependencies.folder)) {
      const number = numbers.at(-1) ?? 1;
      logs.#logs.set(functionName, newLog(number, await logFileBytes(dependencies.folder, functionName, number)));
    }
    return logs;
  }

  logOf(functionName: string): FunctionLog {
    return { write: (at, line) => this.#write(functionName, at, line) };
  }

  /** With everything that was written before. Undefined: it has written nothing, ever or since it was created anew. */
  async read(functionName: string, query: FunctionLogQuery): Promise<FunctionLogPage | undefined> {
    const log = this.#logs.get(functionName);
    if (!log) return undefined;
    await this.#flush(functionName, log);
    return readLogPage(this.#dependencies.folder, functionName, log, query);
  }

  /** The logs of functions that are gone go with them. `readNames` is asked after it was looked at what there is. */
  async keepOnly(readNames: () => Promise<ReadonlySet<string>>): Promise<void> {
    const known = [...this.#logs];
    if (known.length === 0) return;
    const names = await readNames();
    for (const [functionName, log] of known) {
      if (names.has(functionName)) continue;
      await this.#flush(functionName, log);
      this.#logs.delete(functionName);
      for (const number of filesOf(log)) await removeLogFile(this.#dependencies.folder, functionName, number);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#logs].map(([functionName, log]) => this.#flush(functionName, log)));
  }

  #write(functionName: string, at: number, line: string): void {
    let log = this.#logs.get(functionName);
    if (!log) {
      log = newLog(1, 0);
      this.#logs.set(functionName, log);
    }
    const record = logRecord(at, line);
    if (log.waitingBytes + record.length > MAX_FUNCTION_LOG_WAITING_BYTES) {
      log.leftOut++;
      return;
    }
    log.waiting.push(record);
    log.waitingBytes += record.length;
    const opened = log;
    log.cancelTimer ??= this.#dependencies.timers.after(GATHERING_MILLISECONDS, () => {
      void this.#flush(functionName, opened);
    });
  }

  /** Resolves when everything that waits is written. Never rejects. */
  #flush(functionName: string, log: OpenLog): Promise<void> {
    log.cancelTimer?.();
    log.cancelTimer = undefined;
    log.writing = log.writing.then(() => this.#append(functionName, log)).catch(this.#dependencies.onError);
    return log.writing;
  }

  async #append(functionName: string, log: OpenLog): Promise<void> {
    const { folder } = this.#dependencies;
    const text = this.#takeWaiting(log);
    if (text.byteLength === 0) return;
    if (log.bytes > 0 && log.bytes + text.byteLength > MAX_FUNCTION_LOG_FILE_BYTES) {
      log.number++;
      log.bytes = 0;
      await removeLogFile(folder, functionName, log.number - FUNCTION_LOG_FILES);
    }
    try {
      await appendToLog(folder, functionName, log.number, text);
      log.bytes += text.byteLength;
    } catch (error) {
      log.isTorn = true;
      log.bytes = await logFileBytes(folder, functionName, log.number);
      throw error;
    }
  }

  #takeWaiting(log: OpenLog): Buffer {
    if (log.waiting.length === 0) return Buffer.alloc(0);
    const records = [log.isTorn ? "\n" : "", ...log.waiting];
    if (log.leftOut > 0) {
      const words = `[${log.leftOut} lines were left out: the disk was too slow for them]`;
      records.push(logRecord(this.#dependencies.timers.now(), words));
    }
    log.waiting = [];
    log.waitingBytes = 0;
    log.leftOut = 0;
    log.isTorn = false;
    return Buffer.from(records.join(""));
  }
}

/** By number, the oldest first: there may be fewer. */
export function filesOf({ number }: Pick<OpenLog, "number">): readonly number[] {
  return Array.from({ length: FUNCTION_LOG_FILES }, (_, index) => number - FUNCTION_LOG_FILES + 1 + index).filter(
    (each) => each > 0,
  );
}

function newLog(number: number, bytes: number): OpenLog {
  const nothingWaits = { waiting: [], waitingBytes: 0, leftOut: 0, writing: Promise.resolve(), cancelTimer: undefined };
  return { number, bytes, isTorn: bytes > 0, ...nothingWaits };
}
