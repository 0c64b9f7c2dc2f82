import { simulateWorld, type WorldReport } from "./world.ts";

export interface Simulations {
  readonly seed: number;
  readonly count: number;
  /** Asked before every world but the first. */
  readonly isEnough?: () => boolean;
}

export interface SimulationSummary {
  readonly worlds: number;
  readonly deployments: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** The first rule that was broken, with the command that shows it again; null when none was. */
  readonly violation: string | null;
  /** The mix of faults and outcomes, for a person. */
  readonly text: string;
}

/** One world after another, up to the first that breaks a rule. */
export async function simulateWorlds({ seed, count, isEnough = () => false }: Simulations): Promise<SimulationSummary> {
  const outcomes = new Map<string, number>();
  const faults = new Map<string, number>();
  const fleets: number[] = [];
  let worlds = 0;
  let calm = 0;
  let deployments = 0;
  let steps = 0;
  let hours = 0;
  let violation: string | null = null;
  for (; worlds < count && violation === null && (worlds === 0 || !isEnough()); worlds++) {
    const report = await simulateWorld(seed + worlds);
    deployments += report.deployments;
    steps += report.steps;
    hours += report.simulatedMilliseconds / 3_600_000;
    calm += report.isCalm ? 1 : 0;
    fleets.push(report.hosts);
    add(outcomes, report.outcomes);
    add(faults, report.faults);
    if (report.violation !== null) violation = story(report);
  }
  fleets.sort((one, other) => one - other);
  const text = [
    `${worlds} worlds from seed ${seed}: ${deployments} deployments, ${steps} steps, ${hours.toFixed(1)} simulated hours; ${calm} worlds without faults.`,
    `Hosts: ${fleets[0]} to ${fleets.at(-1)}, median ${fleets[fleets.length >> 1]}.`,
    `Outcomes: ${list(outcomes)}.`,
    `Faults: ${list(faults) || "none"}.`,
    violation ?? "No rule was broken.",
  ].join("\n");
  return { worlds, deployments, outcomes, faults, violation, text };
}

function story({ seed, violation, hosts, deployments, steps }: WorldReport): string {
  return [
    `A rule was broken in the world of seed ${seed} (${hosts} hosts, deployment ${deployments} of it, step ${steps}):`,
    `  ${violation}`,
    `Replay it: npm run simulate -- --seed ${seed} --count 1`,
  ].join("\n");
}

function add(sum: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}

function list(counts: ReadonlyMap<string, number>): string {
  const most = [...counts].sort(([, one], [, other]) => other - one);
  return most.map(([name, count]) => `${name} ${count}`).join(", ");
}
