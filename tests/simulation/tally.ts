import type { Violation } from "./violation.ts";
import type { WorldReport } from "./world.ts";

/** What many worlds come to. Plain data: it crosses threads and files. */
export interface Tally {
  worlds: number;
  calm: number;
  deployments: number;
  steps: number;
  simulatedMilliseconds: number;
  readonly outcomes: Record<string, number>;
  readonly strategies: Record<string, number>;
  readonly faults: Record<string, number>;
  /** How many deployments had so many hosts. */
  readonly fleets: Record<string, number>;
  /** The broken rule of the lowest seed. */
  violation: (Violation & { readonly seed: number }) | null;
}

export function newTally(): Tally {
  return {
    worlds: 0,
    calm: 0,
    deployments: 0,
    steps: 0,
    simulatedMilliseconds: 0,
    outcomes: {},
    strategies: {},
    faults: {},
    fleets: {},
    violation: null,
  };
}

export function tallyOf(report: WorldReport, seed: number): Tally {
  const fleets: Record<string, number> = {};
  for (const size of report.fleets) fleets[size] = (fleets[size] ?? 0) + 1;
  return {
    worlds: 1,
    calm: report.scenario.isCalm ? 1 : 0,
    deployments: report.deployments,
    steps: report.steps,
    simulatedMilliseconds: report.simulatedMilliseconds,
    outcomes: Object.fromEntries(report.outcomes),
    strategies: Object.fromEntries(report.strategies),
    faults: Object.fromEntries(report.faults),
    fleets,
    violation: report.violation && { ...report.violation, seed },
  };
}

export function add(sum: Tally, more: Tally): void {
  sum.worlds += more.worlds;
  sum.calm += more.calm;
  sum.deployments += more.deployments;
  sum.steps += more.steps;
  sum.simulatedMilliseconds += more.simulatedMilliseconds;
  for (const key of ["outcomes", "strategies", "faults", "fleets"] as const) {
    for (const [name, count] of Object.entries(more[key])) sum[key][name] = (sum[key][name] ?? 0) + count;
  }
  if (more.violation && (!sum.violation || more.violation.seed < sum.violation.seed)) sum.violation = more.violation;
}

/** Of the deployments that found any host. */
export function medianFleet({ fleets }: Tally): number {
  const sizes = Object.entries(fleets)
    .map(([size, count]) => ({ size: Number(size), count }))
    .sort((one, other) => one.size - other.size);
  let left = sizes.reduce((sum, { count }) => sum + count, 0) / 2;
  for (const { size, count } of sizes) {
    left -= count;
    if (left <= 0) return size;
  }
  return 0;
}

/** The mix of strategies, faults and outcomes, for a person. */
export function describeTally(tally: Tally, seed: number): string {
  const sizes = Object.keys(tally.fleets).map(Number);
  return [
    `${tally.worlds} worlds from seed ${seed}: ${tally.deployments} deployments, ${tally.steps} steps, ${(tally.simulatedMilliseconds / 3_600_000).toFixed(1)} simulated hours; ${tally.calm} worlds without faults.`,
    `Targets of a deployment: ${Math.min(...sizes)} to ${Math.max(...sizes)}, median ${medianFleet(tally)}.`,
    `Strategies: ${list(tally.strategies)}.`,
    `Outcomes: ${list(tally.outcomes)}.`,
    `Faults: ${list(tally.faults) || "none"}.`,
  ].join("\n");
}

function list(counts: Readonly<Record<string, number>>): string {
  const most = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return most.map(([name, count]) => `${name} ${count}`).join(", ");
}
