import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { type Observable, observable } from "../../../state/observable.ts";
import { appendEntries, EMPTY_LOG, type LogLine, type LogText } from "./log-line.ts";

export interface LogState {
  readonly log: LogText;
  /** `reading`: what is stored comes page by page. `live`: what comes from now on. `ended`: no more will come. */
  readonly phase: "reading" | "live" | "ended";
  readonly error?: unknown;
}
export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly cursor: string;
  readonly ended: boolean;
  /** Nothing more was stored: absent where an answer does not say so, and one with nothing in it does. */
  readonly atEnd?: boolean | undefined;
  /** The next answer is held until there is more: it is asked for at once, and nobody has to say that there is. */
  readonly isHeld?: boolean | undefined;
}

/** One log, read from its beginning, and read on when somebody says that there is more. */
export interface LogSource {
  readonly state: Observable<LogState>;
  /** There is more, or there may be. */
  readOn(): void;
  /** Every line that was read so far, also those that were let go: they are read again. */
  readWhole(): Promise<readonly LogLine[]>;
  close(): void;
}

export type ReadLogPage = (cursor: string | undefined, signal: AbortSignal) => Promise<LogPage>;

/** Pages are shown together that come within this. */
const SHOWN_EACH_MILLISECONDS = 150;

export function createLogSource(read: ReadLogPage): LogSource {
  const state = observable<LogState>({ log: EMPTY_LOG, phase: "reading" });
  const closing = new AbortController();
  let cursor: string | undefined;
  let log = EMPTY_LOG;
  let isReading = false;
  let isAskedFor = false;

  const show = (phase: LogState["phase"], error?: unknown) =>
    state.set({ log, phase, ...(error !== undefined && { error }) });
  /** Until an answer has nothing new. */
  const readAll = async () => {
    let shownAt = performance.now();
    while (!closing.signal.aborted) {
      const page = await read(cursor, closing.signal);
      cursor = page.cursor;
      log = appendEntries(log, page.entries);
      if (page.ended) return show("ended");
      if (page.isHeld) show("live");
      else if (page.entries.length === 0 || page.atEnd === true) return show("live");
      if (performance.now() - shownAt > SHOWN_EACH_MILLISECONDS) {
        show(state.get().phase);
        shownAt = performance.now();
      }
    }
  };
  const readOn = async () => {
    isAskedFor = true;
    if (isReading || state.get().phase === "ended") return;
    isReading = true;
    try {
      while (isAskedFor && state.get().phase !== "ended") {
        isAskedFor = false;
        await readAll();
      }
    } catch (error) {
      if (!closing.signal.aborted) show(state.get().phase, error);
    } finally {
      isReading = false;
    }
  };
  const readWhole = async () => {
    if (log.dropped === 0) return log.lines;
    let whole = EMPTY_LOG;
    let from: string | undefined;
    const to = cursor;
    do {
      const page = await read(from, closing.signal);
      from = page.cursor;
      whole = appendEntries(whole, page.entries, Number.POSITIVE_INFINITY);
      if (page.entries.length === 0 || page.ended) break;
    } while (from !== to);
    return whole.lines;
  };
  return { state, readOn: () => void readOn(), readWhole, close: () => closing.abort() };
}
