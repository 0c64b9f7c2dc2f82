import { type FileHandle, open } from "node:fs/promises";

const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** The whole lines that follow a position, and the position behind them. */
export interface LineBlock {
  readonly lines: readonly { readonly text: string; readonly end: number }[];
  readonly end: number;
}

/**
 * Reads a file that grows, block by block, from `start`. What stands behind the last line feed is not a line yet and is left for
 * another time. A file that does not exist is an empty one.
 */
export async function* readLines(path: string, start: number): AsyncGenerator<LineBlock> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  try {
    let position = start;
    let size = READ_BYTES;
    for (;;) {
      const buffer = Buffer.allocUnsafe(size);
      const { bytesRead } = await file.read(buffer, 0, size, position);
      const block = splitLines(buffer.subarray(0, bytesRead), position);
      if (block.lines.length > 0) {
        yield block;
        position = block.end;
        size = READ_BYTES;
      } else if (bytesRead < size) {
        return;
      } else {
        // One line is longer than the buffer.
        size *= 2;
      }
    }
  } finally {
    await file.close();
  }
}

/** Whether a line begins at the position: it does at the start and behind every line feed. */
export async function isLineStart(path: string, position: number): Promise<boolean> {
  if (position === 0) return true;
  const file = await openIfThere(path);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, position - 1);
    return bytesRead === 1 && buffer[0] === LINE_FEED;
  } finally {
    await file.close();
  }
}

function splitLines(bytes: Buffer, position: number): LineBlock {
  const lines: { text: string; end: number }[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
    lines.push({ text: bytes.toString("utf8", from, at), end: position + at + 1 });
    from = at + 1;
  }
  return { lines, end: position + from };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
