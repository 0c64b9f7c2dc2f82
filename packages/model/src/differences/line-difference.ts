/** A text with more lines than this is compared as one piece: all of it removed, all of it added. */
export const MAX_COMPARED_LINES = 10_000;
/** Lines that differ in all beyond which no shortest way is looked for: the effort grows with its square. */
export const MAX_LINE_EDITS = 1_000;

export interface DifferenceLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** How one text becomes the other, line by line, by the fewest additions and removals (Myers, 1986). */
export function lineDifference(from: string, to: string): DifferenceLine[] {
  const before = linesOf(from);
  const after = linesOf(to);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  const changed = shortestEdit(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...same(before.slice(0, start)), ...changed, ...same(before.slice(before.length - end))];
}

function shortestEdit(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const trace =
    before.length > MAX_COMPARED_LINES || after.length > MAX_COMPARED_LINES ? undefined : traceOf(before, after);
  if (trace === undefined) {
    return [
      ...before.map((text) => ({ kind: "removed", text }) as const),
      ...after.map((text) => ({ kind: "added", text }) as const),
    ];
  }
  const lines: DifferenceLine[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits > 0; edits -= 1) {
    const reached = trace[edits - 1]!;
    const k = x - y;
    const isAdded = goesDown(reached, k, edits);
    const fromK = isAdded ? k + 1 : k - 1;
    const fromX = reached.get(fromK) ?? 0;
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0 && before[x - 1] === after[y - 1]) {
      lines.push({ kind: "same", text: before[--x]! });
      y -= 1;
    }
    if (isAdded) lines.push({ kind: "added", text: after[--y]! });
    else lines.push({ kind: "removed", text: before[--x]! });
  }
  while (x > 0) lines.push({ kind: "same", text: before[--x]! });
  return lines.reverse();
}

type Reached = ReadonlyMap<number, number>;

/** For each number of edits, how far each diagonal is reached by them; undefined: it takes more than {@link MAX_LINE_EDITS}. */
function traceOf(before: readonly string[], after: readonly string[]): Reached[] | undefined {
  const trace: Reached[] = [];
  for (let edits = 0; edits <= MAX_LINE_EDITS; edits += 1) {
    const previous = trace.at(-1) ?? new Map<number, number>();
    const reached = new Map<number, number>();
    trace.push(reached);
    for (let k = -edits; k <= edits; k += 2) {
      let x =
        edits === 0 ? 0 : goesDown(previous, k, edits) ? (previous.get(k + 1) ?? 0) : (previous.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && x - k >= 0 && before[x] === after[x - k]) x += 1;
      reached.set(k, x);
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return undefined;
}

/** Whether the diagonal is reached by an added line, and not by a removed one. */
function goesDown(reached: Reached, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function same(texts: readonly string[]): DifferenceLine[] {
  return texts.map((text) => ({ kind: "same", text }));
}

/** The last line feed ends a line, and begins none. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
