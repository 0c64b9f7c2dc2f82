import { isInteresting } from "@sluice/model/log-lines/is-interesting.ts";
import { type LogLevel, levelOf } from "@sluice/model/log-lines/level-of.ts";
import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { plainText } from "./ansi.ts";

/** One line of what a target's event printed. */
export interface LogLine {
  /** Its number within its target and event, from 1: the same in every selection, so that a link to it stays true. */
  readonly number: number;
  readonly targetId: string;
  readonly hostName: string;
  readonly lifecycleEvent: string;
  readonly at: Date;
  /** `stdout`, `stderr`, or `agent`: what the agent itself says of the event. */
  readonly stream: LogEntry["stream"];
  readonly scriptName: string;
  /** As it was written, colours and all. */
  readonly raw: string;
  /** Without colours and control characters. */
  readonly text: string;
  readonly level: LogLevel;
  /** Worth a look for who seeks a cause. */
  readonly isInteresting: boolean;
}

/** Of a target and event: how many lines there were, and the one of which the end has not come. */
interface Tail {
  readonly count: number;
  readonly open: boolean;
}

/** What was read so far. `lines` only ever grows at its end, save that its last line of a target may be lengthened, or the oldest are let go. */
export interface LogText {
  readonly lines: readonly LogLine[];
  /** Lines that were let go to bound memory: they stood before the first. */
  readonly dropped: number;
  readonly tails: ReadonlyMap<string, Tail>;
  /** Changes when a line that was there already has changed, or lines were let go: what was derived from the lines is void then. */
  readonly revision: number;
}

export const EMPTY_LOG: LogText = { lines: [], dropped: 0, tails: new Map(), revision: 0 };

/** What a page keeps of one selection; the file to download has everything. */
export const MAX_KEPT_LOG_LINES = 100_000;
/** Let go at once, so that not every new line moves all others. */
const DROPPED_AT_ONCE = 10_000;
/** How far back the beginning of a line is looked for when its rest comes in a later piece. */
const OPEN_LINE_WITHIN = 2_000;

/**
 * The text with entries behind it. An entry is a piece of output: several lines, or a part of one whose rest comes with a later entry of the
 * same target, event and stream.
 */
export function appendEntries(log: LogText, entries: readonly LogEntry[], keep = MAX_KEPT_LOG_LINES): LogText {
  if (entries.length === 0) return log;
  const lines = [...log.lines];
  const tails = new Map(log.tails);
  let { dropped, revision } = log;
  for (const entry of entries) {
    const parts = entry.text.split("\n");
    // An entry that ends with a line feed ends its last line.
    const isOpen = parts.at(-1) !== "";
    if (!isOpen) parts.pop();
    const key = tailKey(entry);
    const streamKey = `${key}\n${entry.stream}`;
    if (tails.get(streamKey)?.open && parts.length > 0 && lengthen(lines, entry, parts[0] ?? "")) {
      parts.shift();
      revision += 1;
    }
    let count = tails.get(key)?.count ?? 0;
    for (const part of parts) {
      count += 1;
      lines.push(lineOf(entry, part, count));
    }
    tails.set(key, { count, open: false });
    tails.set(streamKey, { count: 0, open: isOpen });
  }
  if (lines.length > keep) {
    const gone = Math.min(lines.length, Math.max(lines.length - keep, Math.min(DROPPED_AT_ONCE, Math.floor(keep / 2))));
    lines.splice(0, gone);
    dropped += gone;
    revision += 1;
  }
  return { lines, dropped, tails, revision };
}

function tailKey({ targetId, lifecycleEvent }: Pick<LogEntry, "targetId" | "lifecycleEvent">): string {
  return `${targetId}\n${lifecycleEvent}`;
}

function lineOf(entry: LogEntry, raw: string, number: number): LogLine {
  const { targetId, hostName, lifecycleEvent, at, stream, scriptName } = entry;
  return { number, targetId, hostName, lifecycleEvent, at, stream, scriptName, ...readLine(raw) };
}

/** Once for each line, as it comes: a hundred thousand at once would hold the page up. */
function readLine(raw: string): Pick<LogLine, "raw" | "text" | "level" | "isInteresting"> {
  const text = plainText(raw);
  return { raw, text, level: levelOf(text), isInteresting: isInteresting(text) };
}

/** Adds to the last line of the same target, event and stream. False: it is not among the latest lines any more. */
function lengthen(lines: LogLine[], entry: LogEntry, rest: string): boolean {
  const floor = Math.max(0, lines.length - OPEN_LINE_WITHIN);
  for (let place = lines.length - 1; place >= floor; place -= 1) {
    const line = lines[place]!;
    if (
      line.targetId !== entry.targetId ||
      line.lifecycleEvent !== entry.lifecycleEvent ||
      line.stream !== entry.stream
    )
      continue;
    lines[place] = { ...line, ...readLine(line.raw + rest) };
    return true;
  }
  return false;
}

/** Where a line of a target and event stands in the list; -1: it is not there (yet, or any more). */
export function placeOfLine(
  lines: readonly LogLine[],
  wanted: { readonly targetId: string; readonly lifecycleEvent: string; readonly number: number },
): number {
  return lines.findIndex(
    ({ number, targetId, lifecycleEvent }) =>
      number === wanted.number && targetId === wanted.targetId && lifecycleEvent === wanted.lifecycleEvent,
  );
}
