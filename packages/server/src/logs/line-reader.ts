export const LINE_FEED = 0x0a;
/** A stored line is at most a quarter of it; what is longer was never a line of ours, and is passed over without being held in memory. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** A whole line without its line feed, and the position behind that. */
export interface PlacedLine {
  readonly bytes: Buffer;
  readonly end: number;
}

/**
 * Splits bytes that begin at the position `start` into lines. What stands behind the last line feed is not a line yet and is left for
 * another time.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, start: number): AsyncGenerator<readonly PlacedLine[]> {
  let position = start;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    const lines: PlacedLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      const rest = chunk.subarray(from, at);
      const isWhole = begunBytes + rest.length <= MAX_LINE_BYTES;
      if (isWhole)
        lines.push({ bytes: begunBytes > 0 ? Buffer.concat([...begun, rest]) : rest, end: position + at + 1 });
      begun = [];
      begunBytes = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      begunBytes += chunk.length - from;
      if (begunBytes <= MAX_LINE_BYTES) begun.push(chunk.subarray(from));
      else begun = [];
    }
    position += chunk.length;
    if (lines.length > 0) yield lines;
  }
}
