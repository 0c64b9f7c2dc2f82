import { describe, expect, it } from "vitest";
import { createdDeployment } from "./created-deployment.ts";
import type { TaskSet } from "./ports/task-sets.ts";
import { rehearseShift } from "./rehearse-shift.ts";
import type { EcsFacts } from "./strategies/shift/shift-facts.ts";
import type { EcsBlueGreen } from "./strategies/shift/shift-strategies.ts";
import { shiftMilliseconds, weightsOf } from "./traffic-shift.ts";

const MINUTE = 60_000;
const STRATEGY: EcsBlueGreen = {
  type: "ecs-blue-green",
  schedule: { type: "linear", percent: 1, intervalMilliseconds: MINUTE },
  service: { clusterName: "shop", serviceName: "web" },
  taskSet: { taskDefinition: "web:2", containerName: "web", containerPort: 80 },
  pair: { targetGroups: ["one", "two"], productionListener: "production", testListener: null },
  hooks: { AfterAllowTestTraffic: "test", AfterAllowTraffic: "after" },
  hookTimeoutMilliseconds: 60 * MINUTE,
  hookMustAnswer: false,
  failsEarly: true,
  readyWaitMilliseconds: null,
  terminationWaitMilliseconds: 0,
};
const ORIGINAL: TaskSet = {
  taskSetId: "blue",
  externalId: null,
  status: "PRIMARY",
  isSteady: true,
  desiredCount: 1,
  pendingCount: 0,
  runningCount: 1,
  failedTasks: 0,
  targetGroup: "one",
  detail: "",
};
const FACTS: EcsFacts = {
  service: { controller: "CODE_DEPLOY", scheduling: "REPLICA", desiredCount: 1, taskSets: [ORIGINAL] },
  traffic: {
    outcome: "known",
    protocol: "http",
    production: [
      { targetGroup: "one", percent: 100 },
      { targetGroup: "two", percent: 0 },
    ],
    test: null,
  },
  hooks: [],
};

function rehearse(strategy: EcsBlueGreen, facts: EcsFacts = FACTS) {
  const created = createdDeployment({
    deploymentId: "d-PLANNED",
    deploymentGroupName: "web",
    strategy,
    alarms: null,
    statusMessages: [],
    createdAt: 1_000,
  });
  return rehearseShift(created, { outcome: "ecs-service", facts }, 1_000);
}

describe("a rehearsed shift", () => {
  it("moves the traffic by the weights and in the time of its schedule, however many steps that has", () => {
    const { steps, end } = rehearse(STRATEGY);
    const shifts = steps.flatMap((step) => (step.kind === "shift" ? [step] : []));
    expect(shifts.map(({ percent }) => percent)).toEqual(weightsOf(STRATEGY.schedule));
    expect(shifts.at(-1)?.afterMilliseconds).toBe(shiftMilliseconds(STRATEGY.schedule));
    expect(end.status).toBe("Succeeded");
  });

  it("runs no hook of test traffic where there is none, and removes the original in the end", () => {
    const { steps } = rehearse({ ...STRATEGY, schedule: { type: "all-at-once" } });
    expect(steps).toEqual([
      { kind: "install" },
      { kind: "shift", percent: 100, afterMilliseconds: 0 },
      { kind: "hook", event: "AfterAllowTraffic", hook: "after" },
      { kind: "remove", taskSetId: "blue" },
    ]);
  });

  it("does not begin what cannot start", () => {
    const { steps, end } = rehearse(STRATEGY, { ...FACTS, service: null });
    expect(steps).toEqual([]);
    expect(end).toMatchObject({ status: "Failed", error: { code: "INVALID_ECS_SERVICE" } });
  });
});
