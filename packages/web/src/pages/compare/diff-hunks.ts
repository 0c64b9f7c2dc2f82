import type { TextDifference } from "@sluice/wire/sluice/console-api.ts";

type DiffLine = TextDifference["lines"][number];
/** A line with its numbers on both sides, or the place where equal lines are folded. */
export type DiffItem =
  | {
      readonly kind: "line";
      readonly line: DiffLine;
      readonly from?: number | undefined;
      readonly to?: number | undefined;
    }
  | { readonly kind: "fold"; readonly from: number; readonly count: number };

/** Equal lines that stay beside a change. */
const CONTEXT_LINES = 3;

/** @param unfolded numbers on the left side of the folds that a person has opened */
export function diffItems(lines: readonly DiffLine[], unfolded: ReadonlySet<number> = new Set()): readonly DiffItem[] {
  const isNear = nearChanges(lines);
  const items: DiffItem[] = [];
  let from = 0;
  let to = 0;
  for (const [place, line] of lines.entries()) {
    if (line.kind !== "added") from += 1;
    if (line.kind !== "removed") to += 1;
    const last = items.at(-1);
    if (isNear[place]) {
      items.push({
        kind: "line",
        line,
        ...(line.kind !== "added" && { from }),
        ...(line.kind !== "removed" && { to }),
      });
    } else if (last?.kind === "fold") items[items.length - 1] = { ...last, count: last.count + 1 };
    else items.push({ kind: "fold", from, count: 1 });
  }
  return unfolded.size === 0 ? items : items.flatMap((item) => opened(item, lines, unfolded));
}

function opened(item: DiffItem, lines: readonly DiffLine[], unfolded: ReadonlySet<number>): readonly DiffItem[] {
  if (item.kind !== "fold" || !unfolded.has(item.from)) return [item];
  let from = 0;
  let to = 0;
  const result: DiffItem[] = [];
  for (const line of lines) {
    if (line.kind !== "added") from += 1;
    if (line.kind !== "removed") to += 1;
    if (line.kind === "same" && from >= item.from && from < item.from + item.count) {
      result.push({ kind: "line", line, from, to });
    }
  }
  return result;
}

function nearChanges(lines: readonly DiffLine[]): readonly boolean[] {
  const near = lines.map(() => false);
  for (const [place, { kind }] of lines.entries()) {
    if (kind === "same") continue;
    for (let at = place - CONTEXT_LINES; at <= place + CONTEXT_LINES; at += 1) if (at in near) near[at] = true;
  }
  return near;
}
