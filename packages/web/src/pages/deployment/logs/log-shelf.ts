import { createThrottle } from "../../../api/throttle.ts";
import { createLogSource, type LogSource, type ReadLogPage } from "./log-source.ts";

/** Of one deployment: which target's and which event's output; both absent: all that there is. */
export interface LogSelection {
  readonly targetId?: string | undefined;
  readonly event?: string | undefined;
}
/** A log that somebody has looked at, and how: it is the same when they come back to it. */
export interface ShelvedLog {
  readonly selection: LogSelection;
  readonly source: LogSource;
  /** Pixels from the top. */
  scrollTop: number;
  isFollowing: boolean;
  /** There may be more: reads on, a few times a second at most. */
  readonly readOn: () => void;
}
export interface LogShelf {
  take(selection: LogSelection): ShelvedLog;
  /** What is there may have grown; without a target: any of it. */
  readOn(targetId?: string): void;
  close(): void;
}

/** Hosts send output four times a second each. */
const READ_MILLISECONDS = 250;
/** Logs that are kept; the one that was looked at least lately goes. */
const SHELVED_LOGS = 6;
/** The same where each holds a request open: a browser has six connections to a server, and one of them is the event stream. */
export const SHELVED_HELD_LOGS = 2;

export function createLogShelf(reader: (selection: LogSelection) => ReadLogPage, kept = SHELVED_LOGS): LogShelf {
  const shelf = new Map<string, ShelvedLog & { close(): void }>();
  return {
    take(selection) {
      const key = `${selection.targetId ?? ""}\n${selection.event ?? ""}`;
      const found = shelf.get(key);
      const log = found ?? newLog(selection, reader(selection));
      shelf.delete(key);
      shelf.set(key, log);
      if (found === undefined) log.readOn();
      const [oldest] = shelf.keys();
      if (shelf.size > kept && oldest !== undefined) {
        shelf.get(oldest)?.close();
        shelf.delete(oldest);
      }
      return log;
    },
    readOn(targetId) {
      for (const { selection, readOn } of shelf.values()) {
        if (targetId === undefined || selection.targetId === undefined || selection.targetId === targetId) readOn();
      }
    },
    close() {
      for (const log of shelf.values()) log.close();
      shelf.clear();
    },
  };
}

function newLog(selection: LogSelection, read: ReadLogPage): ShelvedLog & { close(): void } {
  const source = createLogSource(read);
  const throttle = createThrottle(READ_MILLISECONDS, source.readOn);
  return {
    selection,
    source,
    scrollTop: 0,
    isFollowing: true,
    readOn: throttle.ask,
    close: () => {
      throttle.stop();
      source.close();
    },
  };
}
