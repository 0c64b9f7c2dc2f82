import type { AnsiSpan } from "./ansi.ts";

export interface MarkedSpan extends AnsiSpan {
  readonly isMatch?: true | undefined;
}

/** The pieces of a line, cut where the searched text begins and ends. Ranges are of the line's whole text, ascending. */
export function markedSpans(
  spans: readonly AnsiSpan[],
  ranges: readonly (readonly [number, number])[],
): readonly MarkedSpan[] {
  if (ranges.length === 0) return spans;
  const marked: MarkedSpan[] = [];
  let offset = 0;
  for (const span of spans) {
    const end = offset + span.text.length;
    let at = offset;
    for (const [from, to] of ranges) {
      if (to <= at || from >= end) continue;
      if (from > at) marked.push({ ...span, text: span.text.slice(at - offset, from - offset) });
      const until = Math.min(to, end);
      marked.push({ ...span, text: span.text.slice(Math.max(from, at) - offset, until - offset), isMatch: true });
      at = until;
    }
    if (at < end) marked.push({ ...span, text: span.text.slice(at - offset) });
    offset = end;
  }
  return marked;
}
