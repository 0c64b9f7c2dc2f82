import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTaskSetCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ModifyListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ask } from "./answered.ts";
import {
  CLUSTER,
  CONTAINER_NAME,
  CONTAINER_PORT,
  type ContainerService,
  SERVICE,
  untilSo,
} from "./container-service.ts";
import type { BenchContext, Measured } from "./figure.ts";
import { median, worst } from "./statistics.ts";

const REPETITIONS = 30;
const GOAL_SECONDS = 0.05;
const REST_MILLISECONDS = 200;

/**
 * ModifyListener that moves all the weight from one target group to the other, to the first request that the other one answers, by a client that asks
 * again as soon as it was answered. The two groups have the weight in turn; both are healthy all the time.
 */
export async function containerShift(
  service: ContainerService,
  { repetitions = REPETITIONS, say }: Pick<BenchContext, "repetitions" | "say">,
): Promise<readonly Measured[]> {
  await fillGreen(service);
  const agent = new Agent({ keepAlive: true });
  const version = async () =>
    (JSON.parse(await ask({ port: service.listenerPort, agent })) as { version: string }).version;
  const seconds: number[] = [];
  const requests: number[] = [];
  try {
    for (let round = 0; round < repetitions; round++) {
      const [arn, wanted] = round % 2 === 0 ? [service.groups.green, "2"] : [service.groups.blue, "1"];
      const start = performance.now();
      const modified = weigh(service, arn);
      for (;;) {
        const before = performance.now();
        const isThere = (await version()) === wanted;
        requests.push((performance.now() - before) / 1000);
        if (isThere) break;
      }
      seconds.push((performance.now() - start) / 1000);
      await modified;
      await sleep(REST_MILLISECONDS);
    }
  } finally {
    await weigh(service, service.groups.blue);
    agent.destroy();
  }
  say(seconds.map((each) => each.toFixed(3)).join(" "));
  return [
    {
      figure: "new weights asked for, to the first request by them",
      unit: "s",
      reached: median(seconds),
      detail: `median of ${repetitions}; worst ${worst(seconds).toFixed(3)}; ModifyListener, its commit and HAProxy's map are in it`,
      goal: { value: GOAL_SECONDS },
      reference: `one request through the balancer meanwhile: median ${median(requests).toFixed(4)} s`,
    },
  ];
}

/** A second task set, of version 2, that is healthy before it has any weight. */
async function fillGreen(service: ContainerService): Promise<void> {
  const { ecs, elb, groups } = service;
  await weigh(service, groups.blue);
  await ecs.send(
    new CreateTaskSetCommand({
      cluster: CLUSTER,
      service: SERVICE,
      taskDefinition: await service.register("2"),
      loadBalancers: [{ targetGroupArn: groups.green, containerName: CONTAINER_NAME, containerPort: CONTAINER_PORT }],
    }),
  );
  await untilSo(async () => {
    const input = { TargetGroupArn: groups.green };
    const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand(input));
    return TargetHealthDescriptions[0]?.TargetHealth?.State === "healthy";
  });
}

/** All the weight to one of the two groups, which are both in the action always. */
async function weigh({ elb, groups, listenerArn }: ContainerService, arn: string): Promise<void> {
  const TargetGroups = [groups.blue, groups.green].map((TargetGroupArn) => ({
    TargetGroupArn,
    Weight: TargetGroupArn === arn ? 1 : 0,
  }));
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn: listenerArn,
      DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
    }),
  );
}
