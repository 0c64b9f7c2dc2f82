import type { LogLine } from "./log-line.ts";

/** What is shown of a log. */
export interface LogChoice {
  /** `interesting`: what a person looks for who seeks a cause, and where lines between are left out. */
  readonly mode: "raw" | "interesting";
  /** Lines at least as serious. */
  readonly level: "all" | "warning" | "error";
}
/** A line as it is shown, or how many are left out between two that are. `place` is among all lines. */
export type LogItem =
  | { readonly kind: "line"; readonly line: LogLine; readonly place: number }
  | { readonly kind: "gap"; readonly place: number; readonly count: number };

/** Lines that stay around an interesting one: what led to it stands before. */
const CONTEXT_LINES = 2;

export function isFiltered({ mode, level }: LogChoice): boolean {
  return mode === "interesting" || level !== "all";
}

/** Items of which each is made when it is drawn: a hundred thousand need not be there. */
export interface LogItems {
  readonly count: number;
  at(index: number): LogItem | undefined;
  /** Where a line of the log is shown, or the gap that it is in. */
  indexOf(place: number): number;
}

export function logItems(lines: readonly LogLine[], choice: LogChoice): LogItems {
  if (!isFiltered(choice)) {
    return {
      count: lines.length,
      at: (index) => {
        const line = lines[index];
        return line && { kind: "line", line, place: index };
      },
      indexOf: (place) => place,
    };
  }
  const items = filtered(lines, choice);
  return {
    count: items.length,
    at: (index) => items[index],
    indexOf: (place) => {
      let low = 0;
      let high = items.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (items[middle]!.place <= place) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

function filtered(lines: readonly LogLine[], choice: LogChoice): readonly LogItem[] {
  const items: LogItem[] = [];
  let keptUntil = -1;
  for (let place = 0; place < lines.length; place += 1) {
    const line = lines[place]!;
    if (!isWanted(line, choice)) {
      if (place <= keptUntil) items.push({ kind: "line", line, place });
      else addToGap(items, place);
      continue;
    }
    if (choice.mode === "interesting") bringBack(items, lines, place);
    items.push({ kind: "line", line, place });
    keptUntil = choice.mode === "interesting" ? place + CONTEXT_LINES : -1;
  }
  return items;
}

function isWanted({ level, isInteresting }: LogLine, choice: LogChoice): boolean {
  if (choice.level === "error" && level !== "error") return false;
  if (choice.level === "warning" && level !== "error" && level !== "warning") return false;
  return choice.mode === "raw" || isInteresting;
}

function addToGap(items: LogItem[], place: number): void {
  const last = items.at(-1);
  if (last?.kind === "gap") items[items.length - 1] = { ...last, count: last.count + 1 };
  else items.push({ kind: "gap", place, count: 1 });
}

/** The last lines of the gap before an interesting line, as far as they are of the same target and event. */
function bringBack(items: LogItem[], lines: readonly LogLine[], place: number): void {
  const gap = items.at(-1);
  if (gap?.kind !== "gap") return;
  const { targetId, lifecycleEvent } = lines[place]!;
  let from = place;
  while (from > Math.max(gap.place, place - CONTEXT_LINES)) {
    const before = lines[from - 1]!;
    if (before.targetId !== targetId || before.lifecycleEvent !== lifecycleEvent) break;
    from -= 1;
  }
  items.pop();
  if (from > gap.place) items.push({ ...gap, count: from - gap.place });
  for (let at = from; at < place; at += 1) items.push({ kind: "line", line: lines[at]!, place: at });
}
