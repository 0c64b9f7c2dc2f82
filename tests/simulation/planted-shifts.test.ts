import { describe, it } from "vitest";
import { scenarioOf as ecsScenario } from "./ecs/ecs-scenario.ts";
import { type LambdaScenario, scenarioOf as lambdaScenario } from "./lambda/lambda-scenario.ts";
import { FAILS_EARLY } from "./rules/ecs/fails-early.ts";
import { STEADY } from "./rules/ecs/steady.ts";
import { ALIAS_RESTORED } from "./rules/lambda/alias-restored.ts";
import { OTHERS_KEPT } from "./rules/lambda/others-kept.ts";
import { BY_SCHEDULE } from "./rules/shift/by-schedule.ts";
import { HOOK_RETURNED } from "./rules/shift/hook-returned.ts";
import { HOOK_TRUTH } from "./rules/shift/hook-truth.ts";
import { PAUSED } from "./rules/shift/paused.ts";
import { SUMS } from "./rules/shift/sums.ts";
import type { ShiftPlants } from "./shift/shift-world.ts";
import { simulateWorld, type WorldReport } from "./world.ts";

const SEED = 20_260_101;
/** So many worlds at the most until a bug is found. */
const MAX_WORLDS = 40;

/** Looks for a world in which the rule is broken. A world ends with the first rule that is, so that others may find the bug before it. */
async function expectFound(
  simulate: (seed: number) => Promise<WorldReport>,
  rule: { readonly name: string },
): Promise<void> {
  const others = new Set<string>();
  for (let seed = SEED; seed < SEED + MAX_WORLDS; seed++) {
    const { violation } = await simulate(seed);
    if (violation?.rule === rule.name) return;
    if (violation) others.add(violation.rule);
  }
  throw new Error(`not found in ${MAX_WORLDS} worlds; found by: ${[...others].join("; ") || "no rule"}`);
}

const BUGS: readonly [string, ShiftPlants, { readonly name: string }][] = [
  ["a step too early", { hastens: true }, BY_SCHEDULE],
  ["a hook's answer counted twice", { countsAnswersTwice: true }, HOOK_TRUTH],
  ["a rollback that leaves weight on the new version", { leavesWeight: true }, BY_SCHEDULE],
  ["a pause that is forgotten", { forgetsPauses: true }, PAUSED],
  ["two waits that are skipped for one", { skipsTwice: true }, BY_SCHEDULE],
];

describe.each(BUGS)("a bug of shifts: %s", (_, plants, rule) => {
  it.each([
    ["ecs", (seed: number): Promise<WorldReport> => simulateWorld(ecsScenario(seed), plants)],
    ["lambda", (seed: number): Promise<WorldReport> => simulateWorld(lambdaScenario(seed), plants)],
  ] as const)("is found on %s", async (_platform, simulate) => {
    await expectFound(simulate, rule);
  });
});

describe("a bug of functions", () => {
  it("is found when an alias that somebody else has changed is shifted", async () => {
    const meddled = (seed: number) => {
      const scenario = lambdaScenario(seed);
      return { ...scenario, faults: { ...scenario.faults, meddling: 0.2 } };
    };
    await expectFound((seed) => simulateWorld(meddled(seed), { overwritesOthers: true }), OTHERS_KEPT);
  });

  it("is found when a rollback goes back to another version", async () => {
    await expectFound((seed) => simulateWorld(lambdaScenario(seed), { restoresAnother: true }), ALIAS_RESTORED);
  });
});

it("a bug of hooks is found: those that have returned are taken for running", async () => {
  await expectFound(
    (seed) => simulateWorld(withSilentHooks(lambdaScenario(seed)), { isBlindToReturns: true }),
    HOOK_RETURNED,
  );
});

/** Every hook returns without an answer, and nobody answers for it. */
function withSilentHooks(scenario: LambdaScenario): LambdaScenario {
  const silent = { hookEndsSilently: 1, hookCrashes: 0, hookAnsweredFor: 0 };
  const groups = scenario.groups.map((group) => ({
    ...group,
    deployments: group.deployments.map((deployment) => ({ ...deployment, ...silent })),
  }));
  return { ...scenario, groups };
}

describe("a bug of services", () => {
  it("is found when weights do not make a hundred", async () => {
    await expectFound((seed) => simulateWorld(ecsScenario(seed), { losesWeight: true }), SUMS);
  });

  it("is found when a task set that is not steady gets traffic", async () => {
    await expectFound((seed) => simulateWorld(ecsScenario(seed), { isBlindToSickness: true }), STEADY);
  });

  it.each([
    ["tasks that keep stopping are not counted", { isBlindToCrashes: true }],
    ["tasks that have not started are counted as stopped", { exaggeratesCrashes: true }],
  ])("is found when %s", async (_, plants) => {
    await expectFound((seed) => simulateWorld(ecsScenario(seed), plants), FAILS_EARLY);
  });
});
