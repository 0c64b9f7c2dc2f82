import { describe, expect, it } from "vitest";
import { scenarioOf as ecsScenario } from "./ecs/ecs-scenario.ts";
import { scenarioOf as lambdaScenario } from "./lambda/lambda-scenario.ts";
import { STEADY } from "./rules/ecs/steady.ts";
import { BY_SCHEDULE } from "./rules/shift/by-schedule.ts";
import { HOOK_TRUTH } from "./rules/shift/hook-truth.ts";
import { SUMS } from "./rules/shift/sums.ts";
import type { ShiftPlants } from "./shift/shift-world.ts";
import { simulateWorld, type WorldReport } from "./world.ts";

const SEED = 20_260_101;
/** So many worlds at the most until a bug is found. */
const MAX_WORLDS = 40;

/** The first world in which a rule is broken. */
async function found(simulate: (seed: number) => Promise<WorldReport>): Promise<WorldReport> {
  for (let seed = SEED; seed < SEED + MAX_WORLDS; seed++) {
    const report = await simulate(seed);
    if (report.violation) return report;
  }
  throw new Error(`no rule was broken in ${MAX_WORLDS} worlds`);
}

const BUGS: readonly [string, ShiftPlants, { readonly name: string }][] = [
  ["a step too early", { hastens: true }, BY_SCHEDULE],
  ["a hook's answer counted twice", { countsAnswersTwice: true }, HOOK_TRUTH],
  ["a rollback that leaves weight on the new version", { leavesWeight: true }, BY_SCHEDULE],
];

describe.each(BUGS)("a bug of shifts: %s", (_, plants, rule) => {
  it.each([
    ["ecs", (seed: number): Promise<WorldReport> => simulateWorld(ecsScenario(seed), plants)],
    ["lambda", (seed: number): Promise<WorldReport> => simulateWorld(lambdaScenario(seed), plants)],
  ] as const)("is found on %s", async (_platform, simulate) => {
    expect((await found(simulate)).violation?.rule).toBe(rule.name);
  });
});

describe("a bug of services", () => {
  it("is found when weights do not make a hundred", async () => {
    const report = await found((seed) => simulateWorld(ecsScenario(seed), { losesWeight: true }));
    expect(report.violation?.rule).toBe(SUMS.name);
  });

  it("is found when a task set that is not steady gets traffic", async () => {
    const report = await found((seed) => simulateWorld(ecsScenario(seed), { isBlindToSickness: true }));
    expect(report.violation?.rule).toBe(STEADY.name);
  });
});
