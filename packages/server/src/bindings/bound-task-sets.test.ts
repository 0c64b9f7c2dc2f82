import { memoryTaskSets, newMemoryTaskSet } from "@sluice/drivers/memory/memory-task-sets.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { describe, expect, it } from "vitest";
import type { BoundDriver } from "./bound-driver.ts";
import { boundTaskSets, taskSetsOf } from "./bound-task-sets.ts";

const never = new AbortController().signal;
const PLAN = { externalId: "d-1", taskDefinition: "web:2", targetGroup: "g", containerName: "web", containerPort: 80 };
const ARN = "arn:aws:ecs:eu-west-1:111122223333";

function services(...names: string[]): TaskSets {
  const service = () => ({
    controller: "CODE_DEPLOY",
    desiredCount: 1,
    taskSets: [newMemoryTaskSet("blue", { status: "PRIMARY" as const })],
  });
  return memoryTaskSets.create(
    {},
    {
      services: new Map(names.map((name) => [name, service()])),
      startMilliseconds: 0,
      drainMilliseconds: 0,
      now: () => 0,
      newTaskSetId: () => "green",
    },
  );
}

function bound(match: string, instance: TaskSets): BoundDriver<TaskSets> {
  return { binding: { match, port: "task-sets", driver: "test", settings: {} }, instance };
}

describe("the bound task sets", () => {
  it("asks the first driver whose binding matches the cluster or the service", async () => {
    const port = boundTaskSets([bound("prod/web", services("prod:web")), bound("*", services("prod:api", "lab:web"))]);
    for (const [clusterName, serviceName] of [
      ["prod", "web"],
      ["prod", "api"],
      ["lab", "web"],
    ] as const) {
      expect(await port.describe({ clusterName, serviceName }, never)).toMatchObject({ desiredCount: 1 });
    }
    expect(await port.create({ clusterName: "prod", serviceName: "web" }, PLAN, never)).toMatchObject({
      outcome: "done",
      taskSetId: "green",
    });
  });

  it.each([
    ["prod", true],
    ["prod/*", true],
    ["prod/web", true],
    [`${ARN}:cluster/prod`, true],
    [`${ARN}:service/prod/web`, true],
    ["lab/*", false],
    ["web", false],
    [`${ARN}:cluster/lab`, false],
  ])("reads the pattern %s", (match, isMatched) => {
    const drivers = [bound(match, services())];
    const byNames = taskSetsOf(drivers, { clusterName: "prod", serviceName: "web" });
    const byArns = taskSetsOf(drivers, { clusterName: `${ARN}:cluster/prod`, serviceName: `${ARN}:service/prod/web` });
    expect([byNames !== undefined, byArns !== undefined]).toEqual([isMatched, isMatched]);
  });

  it("takes two ARNs that differ for two clusters", () => {
    const drivers = [bound(`${ARN}:cluster/prod`, services())];
    const other = { clusterName: "arn:aws:ecs:us-east-1:111122223333:cluster/prod", serviceName: "web" };
    expect(taskSetsOf(drivers, other)).toBeUndefined();
  });

  it("says no, with a binding to add, where there is none", async () => {
    const port = boundTaskSets([]);
    const service = { clusterName: "prod", serviceName: "web" };
    const cure = /"prod\/web".*sluice\.yml.*- \{ match: "prod", port: task-sets, driver: ecs/;
    const refusal = await port.describe(service, never).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortRefusal);
    expect((refusal as Error).message).toMatch(cure);
    const failed = { outcome: "failed", reason: expect.stringMatching(cure), code: "INVALID_ECS_SERVICE" };
    expect(await port.create(service, PLAN, never)).toEqual(failed);
    expect(await port.makePrimary(service, "blue", never)).toEqual(failed);
    expect(await port.remove(service, "blue", never)).toEqual(failed);
  });

  it("names the binding whose driver cannot be asked, and keeps a no for a no", async () => {
    const broken = (error: Error): TaskSets => ({ ...services(), describe: () => Promise.reject(error) });
    const ask = (error: Error) =>
      boundTaskSets([bound("prod", broken(error))])
        .describe({ clusterName: "prod", serviceName: "web" }, never)
        .catch((thrown: unknown) => thrown);
    const away = await ask(new Error("connection refused"));
    expect(away).not.toBeInstanceOf(PortRefusal);
    expect((away as Error).message).toMatch(/task-sets of "prod".*connection refused/);
    const refused = await ask(new PortRefusal("IAM_ROLE_PERMISSIONS", "it may not look"));
    expect(refused).toMatchObject({
      code: "IAM_ROLE_PERMISSIONS",
      message: expect.stringContaining("it may not look"),
    });
    expect(refused).toBeInstanceOf(PortRefusal);
  });
});
