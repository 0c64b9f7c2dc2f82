import { type FunctionLog, MAX_LOG_TAIL_BYTES } from "@sluice/engine/ports/function-runner.ts";

/** Of one line; what is longer becomes several. */
export const MAX_FUNCTION_LINE_BYTES = 64 * 1024;
/** What may be written at once, and a second after that; the rest is dropped, and counted. */
export const MAX_FUNCTION_LOG_BURST_BYTES = 4 * 1024 * 1024;
export const MAX_FUNCTION_LOG_BYTES_PER_SECOND = 512 * 1024;

/** What a line costs beside its bytes: short ones are as much work as long ones. */
export const LINE_COST_BYTES = 100;

const LINE_END = 0x0a;
const EMPTY = Buffer.alloc(0);

export interface InvocationLog {
  /** What the function wrote. */
  take(chunk: Buffer): void;
  /** A line of ours, after what the function wrote so far. */
  add(line: string): void;
  /** From here on, the tail is new. */
  restartTail(): void;
  tail(): string;
}

/** Lines of a function to its log, as many as it may write, and the last of them for who invoked it. */
export function createInvocationLog(log: FunctionLog, now: () => number): InvocationLog {
  let unfinished: Buffer = EMPTY;
  let tail: string[] = [];
  let tailBytes = 0;
  let budget = MAX_FUNCTION_LOG_BURST_BYTES;
  let refilledAt = now();
  let droppedBytes = 0;

  const remember = (line: string) => {
    const kept = line.length > MAX_LOG_TAIL_BYTES ? line.slice(-MAX_LOG_TAIL_BYTES) : line;
    tail.push(kept);
    tailBytes += lineBytes(kept);
    while (tail.length > 1 && tailBytes - lineBytes(tail[0]!) >= MAX_LOG_TAIL_BYTES)
      tailBytes -= lineBytes(tail.shift()!);
  };
  const write = (at: number, line: string) => {
    remember(line);
    log.write(at, line);
  };
  const tellDropped = (at: number) => {
    if (droppedBytes === 0) return;
    const line = `${droppedBytes} bytes of the log were dropped: the function writes more than ${MAX_FUNCTION_LOG_BYTES_PER_SECOND} bytes a second`;
    droppedBytes = 0;
    write(at, line);
  };
  /** Whether the function may write so much more. */
  const admits = (at: number, bytes: number): boolean => {
    const refill = (Math.max(at - refilledAt, 0) / 1000) * MAX_FUNCTION_LOG_BYTES_PER_SECOND;
    budget = Math.min(budget + refill, MAX_FUNCTION_LOG_BURST_BYTES);
    refilledAt = at;
    if (budget < bytes) return false;
    budget -= bytes;
    return true;
  };
  const finish = (at: number) => {
    if (unfinished.length > 0) write(at, unfinished.toString("utf8"));
    unfinished = EMPTY;
  };

  return {
    take: (chunk) => {
      const at = now();
      if (!admits(at, chunk.length + lineEndsIn(chunk) * LINE_COST_BYTES)) {
        droppedBytes += chunk.length + unfinished.length;
        unfinished = EMPTY;
        return;
      }
      tellDropped(at);
      let rest = unfinished.length === 0 ? chunk : Buffer.concat([unfinished, chunk]);
      for (;;) {
        const lineEnd = rest.indexOf(LINE_END);
        const isLong = lineEnd < 0 ? rest.length > MAX_FUNCTION_LINE_BYTES : lineEnd > MAX_FUNCTION_LINE_BYTES;
        if (isLong) {
          const end = wholeCharacters(rest, MAX_FUNCTION_LINE_BYTES);
          write(at, rest.toString("utf8", 0, end));
          rest = rest.subarray(end);
        } else if (lineEnd < 0) break;
        else {
          write(at, rest.toString("utf8", 0, lineEnd));
          rest = rest.subarray(lineEnd + 1);
        }
      }
      // A copy: the chunk belongs to a larger piece of memory, which it would keep.
      unfinished = rest.length === 0 ? EMPTY : Buffer.from(rest);
    },
    add: (line) => {
      const at = now();
      finish(at);
      tellDropped(at);
      write(at, line);
    },
    restartTail: () => {
      finish(now());
      tail = [];
      tailBytes = 0;
    },
    tail: () => {
      finish(now());
      const text = tail.length === 0 ? "" : `${tail.join("\n")}\n`;
      if (tailBytes <= MAX_LOG_TAIL_BYTES) return text;
      const bytes = Buffer.from(text).subarray(-MAX_LOG_TAIL_BYTES);
      // It may begin within a character.
      let start = 0;
      while (start < 3 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start += 1;
      return bytes.toString("utf8", start);
    },
  };
}

/** With its end. */
function lineBytes(line: string): number {
  return Buffer.byteLength(line) + 1;
}

function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === LINE_END) count += 1;
  return count;
}

/** So many bytes or a few less, so that no character of UTF-8 is cut. */
function wholeCharacters(bytes: Buffer, most: number): number {
  let end = most;
  while (end > most - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
