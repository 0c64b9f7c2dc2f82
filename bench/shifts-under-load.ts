import { setTimeout as sleep } from "node:timers/promises";
import { DeleteTaskSetCommand, DescribeTaskSetsCommand } from "@aws-sdk/client-ecs";
import {
  CLUSTER,
  CONTAINER_NAME,
  CONTAINER_PORT,
  type ContainerService,
  SERVICE,
  untilSo,
} from "./container-service.ts";
import type { BenchContext, Measured } from "./figure.ts";
import { startHelper } from "./measuring-helper.ts";
import type { SteadyLoadOrder, SteadyLoadResult } from "./steady-load.ts";
import { openEventStream } from "./watched-events.ts";

const SHIFTS = 10;
const PER_SECOND = 1_000;
const APPLICATION = "bench-containers";
const GROUP = "web";
const QUIET_MILLISECONDS = 10_000;
const ENDS: ReadonlySet<string> = new Set(["deploymentSucceeded", "deploymentFailed", "deploymentStopped"]);

/** Deployments, each of which starts new tasks, shifts all traffic to them and ends the old ones, while requests come at a steady rate. */
export async function shiftsUnderLoad(
  service: ContainerService,
  { repetitions = SHIFTS, say }: Pick<BenchContext, "repetitions" | "say">,
): Promise<readonly Measured[]> {
  await prepare(service);
  const client = startHelper("steady-load.ts");
  const loaded = async (act: () => Promise<void>): Promise<SteadyLoadResult> => {
    const begin = { port: service.listenerPort, perSecond: PER_SECOND };
    await client.ask({ begin } satisfies SteadyLoadOrder);
    await act();
    return client.ask<SteadyLoadResult>({ end: true } satisfies SteadyLoadOrder);
  };
  try {
    const quiet = await loaded(() => sleep(QUIET_MILLISECONDS));
    const shifted = await loaded(async () => {
      for (let shift = 0; shift < repetitions; shift++) say(await deploy(service, String(shift)));
    });
    return [
      {
        figure: `requests lost over ${repetitions} shifts under ${PER_SECOND} a second`,
        unit: "requests",
        reached: lostOf(shifted),
        detail: `of ${shifted.answered + lostOf(shifted)}; ${describe(shifted)}`,
        goal: { value: 0 },
        reference: `the same without a shift: ${lostOf(quiet)} of ${quiet.answered + lostOf(quiet)}; ${describe(quiet)}`,
      },
    ];
  } finally {
    client.close();
  }
}

function lostOf({ lost }: SteadyLoadResult): number {
  return Object.values(lost).reduce((sum, count) => sum + count, 0);
}

function describe({ lost, latency }: SteadyLoadResult): string {
  const why = Object.entries(lost).map(([reason, count]) => `; ${reason}: ${count}`);
  return `answered in ${latency.median.toFixed(4)} s (median), worst ${latency.worst.toFixed(3)} s${why.join("")}`;
}

/** The service with one task set, and a group that deploys to it. */
async function prepare({ ecs, server, listenerArn }: ContainerService): Promise<void> {
  const names = { cluster: CLUSTER, service: SERVICE };
  const { taskSets = [] } = await ecs.send(new DescribeTaskSetsCommand(names));
  for (const { id, status } of taskSets) {
    if (status !== "PRIMARY") await ecs.send(new DeleteTaskSetCommand({ ...names, taskSet: id, force: true }));
  }
  await untilSo(async () => (await ecs.send(new DescribeTaskSetsCommand(names))).taskSets?.length === 1);
  await server.codeDeploy.call("CreateApplication", { applicationName: APPLICATION, computePlatform: "ECS" });
  await server.codeDeploy.call("CreateDeploymentGroup", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    },
    ecsServices: [{ clusterName: CLUSTER, serviceName: SERVICE }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        { targetGroups: [{ name: "blue" }, { name: "green" }], prodTrafficRoute: { listenerArns: [listenerArn] } },
      ],
    },
  });
}

async function deploy(service: ContainerService, version: string): Promise<string> {
  const { codeDeploy, connection } = service.server;
  const TaskDefinition = await service.register(version);
  const LoadBalancerInfo = { ContainerName: CONTAINER_NAME, ContainerPort: CONTAINER_PORT };
  const Resources = [
    { TargetService: { Type: "AWS::ECS::Service", Properties: { TaskDefinition, LoadBalancerInfo } } },
  ];
  const content = JSON.stringify({ version: 0.0, Resources });
  using events = await openEventStream(connection);
  const start = performance.now();
  const { deploymentId = "" } = await codeDeploy.call("CreateDeployment", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
  });
  await events.until(({ type, id }) => id === deploymentId && ENDS.has(type));
  const seconds = (performance.now() - start) / 1000;
  const info = (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo;
  if (info?.status !== "Succeeded")
    throw new Error(`${deploymentId} is ${info?.status}: ${info?.errorInformation?.message}`);
  return `${deploymentId} Succeeded after ${seconds.toFixed(1)} s`;
}
