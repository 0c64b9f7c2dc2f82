import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import type { PlanDeploymentInput, PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterEach, describe, expect, it } from "vitest";
import { NO_REVISIONS } from "../codedeploy/codedeploy.fixture.ts";
import { appSpec, GROUP, type TestEcs, testEcs } from "../codedeploy/deployments/ecs.fixture.ts";
import { appSpecRevision } from "../codedeploy/deployments/shift.fixture.ts";
import { planDeployment } from "./plan-deployment.ts";
import type { SluiceContext } from "./sluice-context.ts";

let ecs: TestEcs;
afterEach(() => ecs.close());

const HOOKS = { BeforeInstall: "check-before", AfterAllowTestTraffic: "check-test" };

async function plan(input: Partial<PlanDeploymentInput> = {}): Promise<PlanDeploymentOutput> {
  const context = {
    ...ecs.context,
    preflight: {
      shiftPorts: ecs.ports,
      alarmReader: memoryAlarmReader.create({}, { alarms: ecs.alarms }),
      revisions: NO_REVISIONS,
    },
    signal: new AbortController().signal,
  } as unknown as SluiceContext;
  return planDeployment(
    {
      applicationName: "Containers",
      deploymentGroupName: "web",
      revision: appSpecRevision(appSpec(HOOKS)),
      ...input,
    },
    context,
  );
}

const outcomes = ({ checks }: PlanDeploymentOutput) =>
  Object.fromEntries(checks.map(({ subject, outcome }) => [subject, outcome]));

describe("the plan of a deployment to ECS", () => {
  it("says what was looked at, and each step with its time", async () => {
    ecs = await testEcs({
      blueGreenDeploymentConfiguration: {
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 30 },
      },
    });
    const planned = await plan({
      deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    expect(planned).toMatchObject({ canStart: true, obstacles: [], warnings: [], end: { status: "Succeeded" } });
    expect(planned.steps.map(({ description, seconds }) => [description, seconds])).toEqual([
      ["BeforeInstall: run the hook check-before, and wait for its answer", undefined],
      ["make the replacement task set, and wait until it is steady", undefined],
      ["send test traffic to tg-two", undefined],
      ["AfterAllowTestTraffic: run the hook check-test, and wait for its answer", undefined],
      ["wait for sluice continue, at most 30 min", 1800],
      ["send 10 % of production traffic to the replacement, at once", 0],
      ["send 100 % of production traffic to the replacement, 5 min after the first step", 300],
      ["keep the original task set for 60 min", 3600],
      ["remove the original task set ecs-svc/1", undefined],
    ]);
    expect(outcomes(planned)).toEqual({
      appspec: "ok",
      service: "ok",
      "task-definition": "ok",
      balancers: "ok",
      hooks: "ok",
      alarms: "ok",
    });
    // Nothing was done, and nothing written.
    expect([ecs.weights, ecs.runs.size, ecs.service.taskSets.length]).toEqual([[], 0, 1]);
    expect((await ecs.call("ListDeployments", {})).deployments).toEqual([]);
  });

  it("has the steps that the deployment then takes", async () => {
    ecs = await testEcs();
    ecs.answers.set("check-before", "Succeeded").set("check-test", "Succeeded");
    const config = { deploymentConfigName: "CodeDeployDefault.ECSLinear10PercentEvery1Minutes" };
    const { steps } = await plan(config);
    const planned = steps.flatMap(({ description }) => /^send (\d+) % of production/.exec(description)?.[1] ?? []);
    await ecs.ends(await ecs.deploy({ ...config, revision: appSpecRevision(appSpec(HOOKS)) }), "Succeeded");
    expect(planned.map(Number)).toEqual(ecs.weights);
  });

  it.each([
    ["there is no service", () => ecs.services.delete("shop:web"), "INVALID_ECS_SERVICE", "service"],
    [
      "a listener forwards elsewhere",
      () => ecs.production.delete("tg-one"),
      "ELASTIC_LOAD_BALANCING_INVALID",
      "balancers",
    ],
    [
      "the replacement has traffic",
      () => ecs.production.set("tg-two", 50),
      "ELASTIC_LOAD_BALANCING_INVALID",
      "balancers",
    ],
    [
      "an alarm fires",
      () => ecs.alarms.set("errors", { state: "alarm", since: null, detail: "too many" }),
      "ALARM_ACTIVE",
      "alarms",
    ],
  ])("says what the start would stop at: %s", async (_, spoil, code, subject) => {
    ecs = await testEcs();
    spoil();
    const planned = await plan({ overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] } });
    expect(planned).toMatchObject({ canStart: false, steps: [], obstacles: [{ code }] });
    expect(planned.end).toBeUndefined();
    expect(outcomes(planned)[subject]).toBe("failed");
  });

  it.each([
    [
      "a hook",
      appSpec({ AfterInstall: "nobody" }),
      "HOOK_EXECUTION_FAILURE",
      /nobody of AfterInstall cannot be invoked/,
      "hooks",
    ],
    [
      "a container",
      appSpec().replace('"web"', '"worker"'),
      "ECS_UPDATE_ERROR",
      /The container worker does not exist/,
      "task-definition",
    ],
    [
      "a task definition",
      appSpec().replace("web:2", "web:9"),
      "ECS_UPDATE_ERROR",
      /there is no task definition/,
      "task-definition",
    ],
  ])("says that %s of the AppSpec is not there", async (_, text, code, message, subject) => {
    ecs = await testEcs();
    const planned = await plan({ revision: appSpecRevision(text) });
    expect(planned.obstacles).toMatchObject([{ code, message: expect.stringMatching(message) }]);
    expect(outcomes(planned)[subject]).toBe("failed");
  });

  it("says what CreateDeployment would refuse", async () => {
    ecs = await testEcs();
    expect((await plan({ revision: undefined })).obstacles).toMatchObject([{ code: "RevisionRequiredException" }]);
    expect((await plan({ revision: appSpecRevision("{}") })).obstacles).toMatchObject([
      { code: "InvalidRevisionException", message: expect.stringContaining("version (line 1) is missing") },
    ]);
  });

  it("warns of what is off", async () => {
    ecs = await testEcs({ autoRollbackConfiguration: { enabled: false } });
    expect((await plan()).warnings).toEqual([
      expect.stringMatching(/^No alarm is watched: nothing but its own hooks/),
      expect.stringMatching(/^Automatic rollback is off/),
    ]);
  });

  it("is what stands in the way while another deployment is under way", async () => {
    ecs = await testEcs({
      ...GROUP,
      blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT" } },
    });
    const id = await ecs.deploy();
    await ecs.ends(id, "Ready");
    const planned = await plan();
    expect(planned.obstacles[0]).toMatchObject({ code: "DeploymentLimitExceededException" });
  });
});
