import { platformOf, type Scenario } from "./platforms.ts";
import { simulateWorld, type WorldOptions, type WorldReport } from "./world.ts";

/** Steps that shrinking may take in all, so that a failure is told within a minute or two. */
const MAX_STEPS = 500_000;
/** A smaller scenario draws its chances otherwise: it is given a few seeds to break the rule again. */
const SEEDS_A_CANDIDATE = 3;

/** Fewer hosts, groups, deployments and faults, and an earlier end, for as long as the same rule is broken. Returns the smallest world found. */
export async function shrink(report: WorldReport, rule: string, options: WorldOptions = {}): Promise<WorldReport> {
  let smallest = report;
  let stepsLeft = MAX_STEPS;
  for (let hasShrunk = true; hasShrunk && stepsLeft > 0; ) {
    hasShrunk = false;
    for (const candidate of platformOf(smallest.scenario).smallerThan(smallest.scenario)) {
      if (stepsLeft <= 0) break;
      const found = await breaksAgain(candidate, rule, { ...options, stepsMax: smallest.steps + 500 }, (steps) => {
        stepsLeft -= steps;
      });
      if (!found) continue;
      smallest = found;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

async function breaksAgain(
  candidate: Scenario,
  rule: string,
  options: WorldOptions,
  onTry: (steps: number) => void,
): Promise<WorldReport | null> {
  for (let offset = 0; offset < SEEDS_A_CANDIDATE; offset++) {
    const report = await simulateWorld({ ...candidate, runSeed: candidate.runSeed + offset * 7_919 }, options);
    onTry(report.steps);
    if (report.violation?.rule === rule) return report;
  }
  return null;
}
