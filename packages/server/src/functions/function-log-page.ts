import { CallerFault } from "@sluice/model/caller-fault.ts";
import {
  FUNCTION_LOG_FILES,
  type FunctionLogLine,
  logFileBytes,
  parseLogRecord,
  readLogFile,
} from "./function-log-file.ts";

/** Lines in one answer. */
export const MAX_FUNCTION_LOG_LINES = 2_000;
/** Of all lines of one answer, as they are on disk. */
export const MAX_FUNCTION_LOG_PAGE_BYTES = 1_000_000;

export interface FunctionLogQuery {
  /** The last so many lines, where there is no cursor. */
  readonly tailLines: number;
  /** Of the answer before: what came after it, from the oldest on. */
  readonly cursor?: string | undefined;
}

export interface FunctionLogPage {
  /** Oldest first. */
  readonly lines: readonly FunctionLogLine[];
  readonly cursor: string;
  /** Lines that were asked for are not here: there are more than an answer has, or they are not kept any more. */
  readonly isCut: boolean;
}

interface Place {
  readonly number: number;
  readonly offset: number;
}

/** @param newest the file that is written to */
export async function readLogPage(
  folder: string,
  functionName: string,
  newest: { readonly number: number; readonly bytes: number },
  { tailLines, cursor }: FunctionLogQuery,
): Promise<FunctionLogPage> {
  const first = Math.max(1, newest.number - FUNCTION_LOG_FILES + 1);
  if (cursor !== undefined) return readOn(folder, functionName, { first, newest, from: parseCursor(cursor) });
  const lines: FunctionLogLine[] = [];
  let bytesLeft = MAX_FUNCTION_LOG_PAGE_BYTES;
  const most = Math.min(tailLines, MAX_FUNCTION_LOG_LINES);
  let isAll = true;
  for (let number = newest.number; number >= first && lines.length < most && isAll; number--) {
    const size = number === newest.number ? newest.bytes : await logFileBytes(folder, functionName, number);
    const from = Math.max(0, size - bytesLeft);
    const read = await readLogFile(folder, functionName, number, { from, bytes: size - from });
    // What begins in mid-line begins with a part of one.
    const whole = from === 0 ? read : read.subarray(read.indexOf("\n") + 1);
    lines.unshift(...linesOf(whole));
    bytesLeft -= read.byteLength;
    isAll = from === 0;
  }
  const shown = most === 0 ? [] : lines.slice(-most);
  return {
    lines: shown,
    cursor: cursorOf({ number: newest.number, offset: newest.bytes }),
    isCut: shown.length < tailLines && !isAll,
  };
}

async function readOn(
  folder: string,
  functionName: string,
  {
    first,
    newest,
    from,
  }: {
    readonly first: number;
    readonly newest: { readonly number: number; readonly bytes: number };
    readonly from: Place;
  },
): Promise<FunctionLogPage> {
  // Of a log that was begun anew, by a function of the same name.
  const isOther = from.number > newest.number || (from.number === newest.number && from.offset > newest.bytes);
  const isGone = isOther || from.number < first;
  let place = isGone ? { number: first, offset: 0 } : from;
  const lines: FunctionLogLine[] = [];
  let bytesLeft = MAX_FUNCTION_LOG_PAGE_BYTES;
  while (bytesLeft > 0 && lines.length < MAX_FUNCTION_LOG_LINES) {
    const read = await readLogFile(folder, functionName, place.number, { from: place.offset, bytes: bytesLeft });
    const kept = firstRecords(read, MAX_FUNCTION_LOG_LINES - lines.length);
    lines.push(...linesOf(kept));
    bytesLeft -= kept.byteLength;
    place = { number: place.number, offset: place.offset + kept.byteLength };
    if (kept.byteLength > 0) continue;
    if (place.number >= newest.number) break;
    place = { number: place.number + 1, offset: 0 };
  }
  return { lines, cursor: cursorOf(place), isCut: isGone };
}

/** Whole records only, so many at most. */
function firstRecords(read: Buffer, most: number): Buffer {
  let end = 0;
  for (let count = 0; count < most; count++) {
    const next = read.indexOf("\n", end);
    if (next < 0) break;
    end = next + 1;
  }
  return read.subarray(0, end);
}

function linesOf(records: Buffer): FunctionLogLine[] {
  return records
    .toString()
    .split("\n")
    .flatMap((record) => parseLogRecord(record) ?? []);
}

function cursorOf({ number, offset }: Place): string {
  return `${number}:${offset}`;
}

function parseCursor(cursor: string): Place {
  const [, number, offset] = /^([0-9]{1,15}):([0-9]{1,15})$/.exec(cursor) ?? [];
  if (offset === undefined)
    throw new CallerFault("InvalidNextTokenException", "The cursor is none of GetFunctionLogs.");
  return { number: Number(number), offset: Number(offset) };
}
