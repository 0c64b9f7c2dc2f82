import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "@sluice/drivers/memory/memory-task-sets.ts";
import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ROLE_ARN } from "../codedeploy.fixture.ts";
import { appSpecRevision, type NewDeployment, type TestShift, testShift } from "./shift.fixture.ts";

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

/** CodeDeploy's operations and the runner over one store, a service `shop:web`, its balancer, alarms and hooks in memory. */
export interface TestEcs extends TestShift {
  readonly service: MemoryService;
  readonly services: Map<string, MemoryService>;
  /** By target group. */
  readonly production: Map<string, number>;
  readonly test: Map<string, number>;
  /** Each percent of the replacement's group that was set. */
  readonly weights: number[];
  /** A deployment to the group; returns its id. */
  deploy(fields?: NewDeployment): Promise<string>;
  target(deploymentId: string): Promise<EcsTarget>;
}

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
  const original = newMemoryTaskSet("ecs-svc/1", { status: "PRIMARY", targetGroup: "tg-one" });
  const service: MemoryService = { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [original] };
  const services = new Map([["shop:web", service]]);
  const production = new Map([["tg-one", 100]]);
  const test = new Map([["tg-one", 100]]);
  const weights: number[] = [];
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
  const shift = await testShift((timers) => ({
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
  }));
  const { call } = shift;
  await call("CreateApplication", { applicationName: "Containers", computePlatform: "ECS" });
  await call("CreateDeploymentGroup", { ...GROUP, ...fields });
  return {
    ...shift,
    service,
    services,
    production,
    test,
    weights,
    async deploy(given = {}) {
      const { deploymentId } = await call("CreateDeployment", {
        applicationName: "Containers",
        deploymentGroupName: "web",
        revision: appSpecRevision(appSpec()),
        ...given,
      });
      return deploymentId!;
    },
    target: async (deploymentId) => (await shift.targetOf(deploymentId, "shop:web")).ecsTarget!,
  };
}
