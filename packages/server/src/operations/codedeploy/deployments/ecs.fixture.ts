import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { memoryRevisionSource } from "@sluice/drivers/memory/memory-revision-source.ts";
import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "@sluice/drivers/memory/memory-task-sets.ts";
import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { vi } from "vitest";
import { hurriedTimers } from "../../../loops/hurried-timers.fixture.ts";
import type { Timers } from "../../../loops/timers.ts";
import { liveEcsServices } from "../../../platforms/ecs-services.ts";
import type { ShiftPorts } from "../../../platforms/shift-ports.ts";
import { type RunnerFixture, runnerFixture } from "../../../runner/runner.fixture.ts";
import { ROLE_ARN, testCodeDeploy } from "../codedeploy.fixture.ts";
import type { CodeDeployContext } from "../codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../codedeploy-operations.ts";

export const MINUTE = 60_000;
/** A minute takes 100 ms. */
const SPEED = 600;
/** Patience of a busy machine. */
const WAIT_MILLISECONDS = 30_000;

export const LISTENER = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/1/1";
export const TEST_LISTENER = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/1/2";
export const TASK_DEFINITION = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2";
export const ALL_EVENTS = [
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "AllowTestTraffic",
  "AfterAllowTestTraffic",
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
];

/** The AppSpec of these tests. */
export function appSpec(hooks: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: TASK_DEFINITION,
            LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 },
          },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  });
}

export function appSpecRevision(content: string) {
  return { revisionType: "AppSpecContent", appSpecContent: { content } } as const;
}

/** CodeDeploy's operations and the runner over one store, a service `shop:web`, its balancer, alarms and hooks in memory. */
export interface TestEcs {
  readonly runner: RunnerFixture;
  readonly context: CodeDeployContext;
  readonly timers: Timers;
  readonly ports: ShiftPorts;
  readonly service: MemoryService;
  readonly services: Map<string, MemoryService>;
  /** By target group. */
  readonly production: Map<string, number>;
  readonly test: Map<string, number>;
  readonly alarms: Map<string, Omit<AlarmReading, "name">>;
  readonly runs: Map<string, MemoryHookRun>;
  /** What hooks answer, by their names; a hook that is not here says nothing. */
  readonly answers: Map<string, "Succeeded" | "Failed">;
  /** Each percent of the replacement's group that was set. */
  readonly weights: number[];
  /** By revisionKey. */
  readonly bundles: Map<string, Uint8Array>;
  call<Name extends keyof CodeDeployOperations>(
    name: Name,
    input: CodeDeployOperations[Name]["input"],
  ): Promise<CodeDeployOperations[Name]["output"]>;
  /** A deployment to the group; returns its id. */
  deploy(fields?: Partial<CodeDeployOperations["CreateDeployment"]["input"]>): Promise<string>;
  info(deploymentId: string): Promise<DeploymentInfo>;
  target(deploymentId: string): Promise<EcsTarget>;
  ends(deploymentId: string, status: string): Promise<DeploymentInfo>;
  eventually(look: () => Promise<void> | void): Promise<void>;
  close(): Promise<void>;
}

type DeploymentInfo = NonNullable<CodeDeployOperations["GetDeployment"]["output"]["deploymentInfo"]>;
type EcsTarget = NonNullable<
  NonNullable<CodeDeployOperations["GetDeploymentTarget"]["output"]["deploymentTarget"]>["ecsTarget"]
>;

export const GROUP: CodeDeployOperations["CreateDeploymentGroup"]["input"] = {
  applicationName: "Containers",
  deploymentGroupName: "web",
  serviceRoleArn: ROLE_ARN,
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
  },
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: "tg-one" }, { name: "tg-two" }],
        prodTrafficRoute: { listenerArns: [LISTENER] },
        testTrafficRoute: { listenerArns: [TEST_LISTENER] },
      },
    ],
  },
  ecsServices: [{ serviceName: "web", clusterName: "shop" }],
  autoRollbackConfiguration: {
    enabled: true,
    events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  },
};

/** With the application `Containers`, and its group `web` as `GROUP` and `fields` say. */
export async function testEcs(
  fields: Partial<CodeDeployOperations["CreateDeploymentGroup"]["input"]> = {},
): Promise<TestEcs> {
  const timers = hurriedTimers(SPEED);
  const original = newMemoryTaskSet("ecs-svc/1", { status: "PRIMARY", targetGroup: "tg-one" });
  const service: MemoryService = { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [original] };
  const services = new Map([["shop:web", service]]);
  const production = new Map([["tg-one", 100]]);
  const test = new Map([["tg-one", 100]]);
  const alarms = new Map<string, Omit<AlarmReading, "name">>([["errors", { state: "ok", since: null, detail: "" }]]);
  const runs = new Map<string, MemoryHookRun>();
  const answers = new Map<string, "Succeeded" | "Failed">();
  const weights: number[] = [];
  const bundles = new Map<string, Uint8Array>();
  let made = 1;
  const router = memoryWeightedRouter.create(
    {},
    {
      listeners: new Map([
        [LISTENER, production],
        [TEST_LISTENER, test],
      ]),
    },
  );
  const ports: ShiftPorts = {
    taskSets: memoryTaskSets.create(
      {},
      {
        services,
        taskDefinitions: new Map([[TASK_DEFINITION, [{ name: "web", ports: [80] }]]]),
        startMilliseconds: 5_000,
        drainMilliseconds: 5_000,
        now: timers.now,
        newTaskSetId: () => `ecs-svc/${++made}`,
      },
    ),
    weightedRouter: {
      ...router,
      splitProduction: (pair, split, signal) => {
        weights.push(split.find(({ targetGroup }) => targetGroup === "tg-two")?.percent ?? -1);
        return router.splitProduction(pair, split, signal);
      },
    },
    hookInvoker: memoryHookInvoker.create(
      {},
      {
        hooks: new Set(["check-before", "check-test", "check-after", "silent"]),
        runs,
        onInvoke: (run) => void answer(run),
      },
    ),
  };
  const alarmReader = memoryAlarmReader.create({}, { alarms });
  const runner = await runnerFixture([], timers, { alarmReader, shiftPorts: ports });
  const base = await testCodeDeploy();
  await base.close();
  const context: CodeDeployContext = {
    ...base.context,
    store: runner.store,
    now: timers.now,
    revisions: memoryRevisionSource.create({}, { urls: new Map(), bundles }),
    ecsServices: liveEcsServices(ports, timers.now),
    planner: { wake: () => runner.runner.wake(), report: (report) => runner.runner.report(report) },
  };
  const call: TestEcs["call"] = (name, input) => CODEDEPLOY_HANDLERS[name](input, context);

  async function answer({ hook, deploymentId, executionId }: MemoryHookRun): Promise<void> {
    const status = answers.get(hook);
    if (status === undefined) return;
    await call("PutLifecycleEventHookExecutionStatus", {
      deploymentId,
      lifecycleEventHookExecutionId: executionId,
      status,
    });
  }

  const info = async (deploymentId: string) => (await call("GetDeployment", { deploymentId })).deploymentInfo!;
  const eventually = (look: () => Promise<void> | void) =>
    vi.waitFor(look, { timeout: WAIT_MILLISECONDS, interval: 10 });
  await call("CreateApplication", { applicationName: "Containers", computePlatform: "ECS" });
  await call("CreateDeploymentGroup", { ...GROUP, ...fields });
  return {
    runner,
    context,
    timers,
    ports,
    service,
    services,
    production,
    test,
    alarms,
    runs,
    answers,
    weights,
    bundles,
    call,
    info,
    eventually,
    async deploy(given = {}) {
      const { deploymentId } = await call("CreateDeployment", {
        applicationName: "Containers",
        deploymentGroupName: "web",
        revision: appSpecRevision(appSpec()),
        ...given,
      });
      return deploymentId!;
    },
    async target(deploymentId) {
      const { deploymentTarget } = await call("GetDeploymentTarget", { deploymentId, targetId: "shop:web" });
      return deploymentTarget!.ecsTarget!;
    },
    async ends(deploymentId, status) {
      await eventually(async () => {
        const { status: now, errorInformation } = await info(deploymentId);
        if (now !== status) throw new Error(`${deploymentId} is ${now}: ${errorInformation?.message}`);
      });
      return info(deploymentId);
    },
    close: () => runner.close(),
  };
}
