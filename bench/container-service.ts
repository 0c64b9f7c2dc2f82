import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  waitUntilTargetInService,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { endProcesses } from "@sluice/drivers/haproxy-balancer/haproxy-process.ts";
import { EXAMPLE_IMAGE, importExampleImage } from "../scripts/container-image.ts";
import { freePort } from "../scripts/free-port.ts";
import { startDockerEngine, type TestEngine } from "../tests/containers/docker-engine.fixture.ts";
import type { Release } from "./release.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";

export const CLUSTER = "bench";
export const SERVICE = "web";
export const CONTAINER_NAME = "web";
export const CONTAINER_PORT = 8080;
const HAPROXY = "/usr/sbin/haproxy";
const LOOK_AGAIN_MILLISECONDS = 50;
const STABLE_SECONDS = 120;

/** A service of one task, of the example's image, behind a listener of an HAProxy that Sluice runs. */
export interface ContainerService {
  readonly engine: TestEngine;
  readonly server: RunningServer;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly listenerPort: number;
  readonly listenerArn: string;
  /** ARNs of two groups that take turns behind the listener, and of one that is behind none and so is never checked. */
  readonly groups: { readonly blue: string; readonly green: string; readonly unused: string };
  /** @returns the ARN of a task definition of the example that answers with this version */
  register(version: string): Promise<string>;
  /** The addresses of the tasks that run. */
  addresses(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startContainerService(release: Release, folder: string): Promise<ContainerService> {
  const engine = await startDockerEngine();
  await importExampleImage(engine.socket);
  const config = join(folder, "sluice.yml");
  writeFileSync(config, JSON.stringify({ bindings: bindingsOf(engine) }));
  const server = await startServer(release, folder, ["--config", config]);
  const { region, credentials: keys } = server.connection;
  const credentials = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
  const options = { endpoint: server.url, region, credentials };
  const ecs = new ECSClient(options);
  const elb = new ElasticLoadBalancingV2Client(options);
  const listenerPort = await freePort();
  const { groups, listenerArn } = await makeBalancer(elb, listenerPort);
  const register = (version: string) => registerVersion(ecs, version);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: SERVICE,
      taskDefinition: await register("1"),
      desiredCount: 1,
      deploymentController: { type: "CODE_DEPLOY" },
      loadBalancers: [{ targetGroupArn: groups.blue, containerName: CONTAINER_NAME, containerPort: CONTAINER_PORT }],
    }),
  );
  const patience = { maxWaitTime: STABLE_SECONDS, minDelay: 1, maxDelay: 1 };
  await waitUntilServicesStable({ client: ecs, ...patience }, { cluster: CLUSTER, services: [SERVICE] });
  // As on AWS, a service is stable before its balancer has found its tasks healthy.
  await waitUntilTargetInService({ client: elb, ...patience }, { TargetGroupArn: groups.blue });
  return {
    engine,
    server,
    ecs,
    elb,
    listenerPort,
    listenerArn,
    groups,
    register,
    addresses: () => addressesOfTasks(ecs),
    close: async () => {
      ecs.destroy();
      elb.destroy();
      await server.close();
      // The HAProxy outlives its server.
      await endProcesses({ program: HAPROXY, config: join(server.data, "haproxy", "haproxy.cfg") });
      await engine.stop();
    },
  };
}

function bindingsOf(engine: TestEngine): readonly object[] {
  return [
    { match: "*", port: "task-sets", driver: "docker", settings: { socket: engine.socket } },
    { match: "*", port: "weighted-router", driver: "haproxy", settings: { address: "127.0.0.1" } },
  ];
}

async function makeBalancer(elb: ElasticLoadBalancingV2Client, listenerPort: number) {
  const made = await elb.send(new CreateLoadBalancerCommand({ Name: "bench", Subnets: ["subnet-1", "subnet-2"] }));
  const group = async (Name: string) => {
    const input = {
      Name,
      Protocol: "HTTP",
      Port: CONTAINER_PORT,
      VpcId: "vpc-1",
      TargetType: "ip",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
    } as const;
    return (await elb.send(new CreateTargetGroupCommand(input))).TargetGroups?.[0]?.TargetGroupArn ?? "";
  };
  const groups = { blue: await group("blue"), green: await group("green"), unused: await group("unused") };
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: made.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: listenerPort,
      DefaultActions: [{ Type: "forward", TargetGroupArn: groups.blue }],
    }),
  );
  return { groups, listenerArn: Listeners?.[0]?.ListenerArn ?? "" };
}

async function registerVersion(ecs: ECSClient, version: string): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bench",
      networkMode: "awsvpc",
      containerDefinitions: [
        {
          name: CONTAINER_NAME,
          image: EXAMPLE_IMAGE,
          memory: 256,
          portMappings: [{ containerPort: CONTAINER_PORT }],
          environment: [{ name: "VERSION", value: version }],
        },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? "";
}

async function addressesOfTasks(ecs: ECSClient): Promise<readonly string[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, desiredStatus: "RUNNING" }));
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }));
  return tasks.flatMap(({ containers }) => containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? []);
}

export async function untilSo(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(LOOK_AGAIN_MILLISECONDS);
}
