import { isReached, type Unit } from "./figure.ts";
import type { Machine } from "./machine.ts";
import type { Result } from "./result.ts";

export function printMachine(machine: Machine): void {
  const { processor, cores, memoryBytes, kernel, node, flushMedian, flushWorst } = machine;
  console.log(`${processor}, ${cores} cores, ${(memoryBytes / 1e9).toFixed(1)} GB; Linux ${kernel}; Node ${node}`);
  console.log(`disk: 4 KiB written and flushed in ${flushMedian.toFixed(2)} ms (worst ${flushWorst.toFixed(2)} ms)\n`);
}

const HEADINGS = ["figure", "reached", "goal", "verdict", "busy before"] as const;

/** A table of the values; what they are made of and what they are compared with stands below each. */
export function printResults(results: readonly Result[]): void {
  const rows = results.map((result) => [
    result.figure,
    formatValue(result.reached, result.unit),
    formatGoal(result),
    verdictOf(result),
    `${Math.round(result.surroundings.busyShare * 100)} %, load ${result.surroundings.loadAverage.toFixed(1)}`,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(`\n${line(HEADINGS)}\n${line(widths.map((width) => "─".repeat(width)))}`);
  rows.forEach((row, index) => {
    console.log(line(row));
    console.log(`  ${results[index]?.detail}\n  reference: ${results[index]?.reference}`);
  });
}

function formatGoal({ goal, unit }: Result): string {
  if (goal === undefined) return "";
  return `${goal.isAtLeast ? "≥" : "≤"} ${formatValue(goal.value, unit)}`;
}

function verdictOf(result: Result): string {
  const reached = isReached(result);
  return reached === undefined ? "" : reached ? "reached" : "MISSED";
}

const DIGITS: Readonly<Record<Unit, number>> = { s: 3, ms: 2, MB: 1, KB: 0, "requests/s": 0, requests: 0, times: 2 };

function formatValue(value: number, unit: Unit): string {
  return `${value.toFixed(DIGITS[unit])} ${unit}`;
}
