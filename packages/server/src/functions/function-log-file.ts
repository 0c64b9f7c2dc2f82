import { mkdir, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One file of a function's log; a log has so many at most, each of which says when a line was written: `1764457200000 the line`. */
export const FUNCTION_LOG_FILES = 2;
export const MAX_FUNCTION_LOG_FILE_BYTES = 5 * 1024 * 1024;

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const NAME = /^([A-Za-z0-9_-]{1,64})\.([0-9]{1,15})\.log$/;
/** Whatever else a function takes for the end of a line (CR, U+2028) is a character of it. */
const LINE = /^([0-9]{1,15}) (.*)$/s;

export interface FunctionLogLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** The files of all logs that a folder has, by function, the oldest first. */
export async function listLogFiles(folder: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  for (const name of await namesIn(folder)) {
    const [, functionName, number] = NAME.exec(name) ?? [];
    if (functionName === undefined) continue;
    found.set(functionName, [...(found.get(functionName) ?? []), Number(number)]);
  }
  for (const numbers of found.values()) numbers.sort((one, other) => one - other);
  return found;
}

export function logFile(folder: string, functionName: string, number: number): string {
  return join(folder, `${functionName}.${number}.log`);
}

export async function appendToLog(folder: string, functionName: string, number: number, text: Buffer): Promise<void> {
  const write = () => writeFile(logFile(folder, functionName, number), text, { flag: "a", mode: PRIVATE_FILE });
  try {
    await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    await write();
  }
}

export async function removeLogFile(folder: string, functionName: string, number: number): Promise<void> {
  await rm(logFile(folder, functionName, number), { force: true });
}

/** 0: there is none. */
export async function logFileBytes(folder: string, functionName: string, number: number): Promise<number> {
  try {
    return (await stat(logFile(folder, functionName, number))).size;
  } catch {
    return 0;
  }
}

/** Whatever of it is there: a file that was removed meanwhile has nothing. */
export async function readLogFile(
  folder: string,
  functionName: string,
  number: number,
  { from, bytes }: { readonly from: number; readonly bytes: number },
): Promise<Buffer> {
  try {
    await using file = await open(logFile(folder, functionName, number));
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    while (length < bytes) {
      const { bytesRead } = await file.read(buffer, length, bytes - length, from + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

export function logRecord(at: number, line: string): string {
  return `${Math.trunc(at)} ${line.replaceAll("\n", " ")}\n`;
}

/** Undefined: a record that was cut off, by a full disk or a crash. */
export function parseLogRecord(record: string): FunctionLogLine | undefined {
  const [, at, text] = LINE.exec(record) ?? [];
  return text === undefined ? undefined : { at: Number(at), text };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
