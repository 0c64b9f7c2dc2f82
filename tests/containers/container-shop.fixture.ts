import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  type ECSTarget,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
  type TrafficRoutingConfig,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { importExampleImage } from "../../scripts/container-image.ts";
import { freePort } from "../../scripts/free-port.ts";
import { functionSettings } from "../functions/function-shop.fixture.ts";
import { closeWithHaproxy } from "../haproxy/close-with-haproxy.fixture.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until, watchUntil } from "../installation/until.fixture.ts";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
import { type HookEndpoint, startHookEndpoint } from "./hook-endpoint.fixture.ts";

export const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
export const CLUSTER = "shop";
export const SERVICE = "web";
export const APPLICATION = "shop";
export const GROUP = "live";
const CONTAINER_PORT = 8080;
const EXAMPLE = new URL("../../examples/containers/task-definition.json", import.meta.url);

/** Why there can be no services of containers here, or null. */
export function whyNoContainerShop(): string | null {
  return whyNoDockerEngine() ?? whyNoHaproxy();
}

export interface ContainerShopOptions {
  /** Of the Prometheus that is asked for alarms. */
  readonly alarms?: string | undefined;
  /** Where the engine's images and containers are; absent: in a folder of its own. */
  readonly dataRoot?: string | undefined;
  /** Absent: SQLite. */
  readonly databaseUrl?: string | undefined;
  /** The server's directory; absent: one of its own. */
  readonly data?: string | undefined;
}

export interface NewRevision {
  /** What it answers. */
  readonly version: string;
  /** As the example takes it: `exits`, `silent`, `sick`, `errs`. */
  readonly trouble?: string;
  readonly image?: string;
  /** Lifecycle events and the hooks that are asked. */
  readonly hooks?: Readonly<Record<string, string>>;
  readonly containerPort?: number;
}

/** What a deployment moves: the label's task set as the deployment shows it. */
export interface ShownTaskSet {
  readonly weight: number | undefined;
  readonly status: string | undefined;
  readonly desired: number | undefined;
  readonly running: number | undefined;
}

/**
 * The service `web` of two tasks on a Docker Engine and behind an HAProxy of the test's own, with the example's image, and a deployment group for
 * it: all made by AWS's calls against a `sluice server` process.
 */
export class ContainerShop {
  readonly engine: TestEngine;
  readonly server: SluiceServer;
  readonly hooks: HookEndpoint;
  readonly codeDeploy: CodeDeployClient;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly productionPort: number;
  readonly testPort: number;
  /** ARNs by the names `blue`, `green`, `production`, `test`, `balancer`. */
  readonly arns: Record<string, string> = {};

  private constructor(parts: {
    engine: TestEngine;
    server: SluiceServer;
    hooks: HookEndpoint;
    productionPort: number;
    testPort: number;
  }) {
    this.engine = parts.engine;
    this.server = parts.server;
    this.hooks = parts.hooks;
    this.productionPort = parts.productionPort;
    this.testPort = parts.testPort;
    const text = readFileSync(join(parts.server.data, "aws/credentials"), "utf8");
    const credentials = {
      accessKeyId: /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "",
      secretAccessKey: /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "",
    };
    const options = { endpoint: parts.server.url(), region: "us-east-1", credentials, maxAttempts: 5 };
    this.codeDeploy = new CodeDeployClient(options);
    this.ecs = new ECSClient(options);
    this.elb = new ElasticLoadBalancingV2Client(options);
    this.hooks.codeDeploy = this.codeDeploy;
  }

  /** Engine, image and server, and nothing in them yet. */
  static async bare(
    undo: AsyncDisposableStack,
    { alarms, dataRoot, databaseUrl, data }: ContainerShopOptions = {},
  ): Promise<ContainerShop> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-shop-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const engine = await startDockerEngine({ dataRoot });
    undo.defer(() => engine.stop());
    await importExampleImage(engine.socket);
    const hooks = await startHookEndpoint(directory);
    undo.defer(() => hooks.close());
    const { url, secret, caFile } = hooks;
    // Subnets and security groups, as files for AWS have them.
    const asInAws = { awsOnly: "ignore" };
    const bindings = [
      { match: "*", port: "task-sets", driver: "docker", settings: { socket: engine.socket, ...asInAws } },
      { match: "*", port: "weighted-router", driver: "haproxy", settings: { address: "127.0.0.1", ...asInAws } },
      { match: "check-*", port: "hook-invoker", driver: "https", settings: { url, secret, caFile } },
      { match: "CodeDeployHook_*", port: "function-alias", driver: "functions", settings: functionSettings() },
      { match: "CodeDeployHook_*", port: "hook-invoker", driver: "functions" },
      ...(alarms ? [{ match: "*", port: "alarm-reader", driver: "prometheus", settings: { url: alarms } }] : []),
    ];
    const config = join(directory, "sluice.yml");
    writeFileSync(config, JSON.stringify({ bindings }));
    const server = await startSluiceServer({
      databaseUrl,
      args: ["--config", config],
      known: data === undefined ? undefined : { data, port: 0 },
    });
    undo.defer(async () => {
      await closeWithHaproxy(server);
      rmSync(server.data, { recursive: true, force: true });
    });
    const shop = new ContainerShop({
      engine,
      server,
      hooks,
      productionPort: await freePort(),
      testPort: await freePort(),
    });
    undo.defer(() => {
      for (const client of [shop.codeDeploy, shop.ecs, shop.elb]) client.destroy();
    });
    return shop;
  }

  /** With version 1 in service, answering, and a group that deploys to it. */
  static async open(undo: AsyncDisposableStack, options: ContainerShopOptions = {}): Promise<ContainerShop> {
    const shop = await ContainerShop.bare(undo, options);
    await shop.#createBalancer();
    await shop.#createService();
    await shop.#createGroup();
    return shop;
  }

  async #createBalancer(): Promise<void> {
    const balancer = await this.elb.send(
      new CreateLoadBalancerCommand({ Name: "shop", Subnets: ["subnet-1", "subnet-2"] }),
    );
    this.arns.balancer = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    for (const colour of ["blue", "green"]) this.arns[colour] = await this.createTargetGroup(`shop-${colour}`);
    this.arns.production = await this.createListener(this.productionPort, this.arns.blue ?? "");
    this.arns.test = await this.createListener(this.testPort, this.arns.blue ?? "");
  }

  async createTargetGroup(name: string): Promise<string> {
    const { TargetGroups } = await this.elb.send(
      new CreateTargetGroupCommand({
        Name: name,
        Protocol: "HTTP",
        Port: CONTAINER_PORT,
        VpcId: "vpc-1",
        TargetType: "ip",
        HealthCheckPath: "/health",
        HealthCheckIntervalSeconds: 2,
        HealthCheckTimeoutSeconds: 1,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 5,
      }),
    );
    return TargetGroups?.[0]?.TargetGroupArn ?? "";
  }

  async createListener(Port: number, TargetGroupArn: string, LoadBalancerArn = this.arns.balancer): Promise<string> {
    const { Listeners } = await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: "HTTP",
        Port,
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
    return Listeners?.[0]?.ListenerArn ?? "";
  }

  async setDrain(seconds: number): Promise<void> {
    for (const TargetGroupArn of [this.arns.blue, this.arns.green]) {
      const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: String(seconds) }];
      await this.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    }
  }

  async #createService(): Promise<void> {
    await this.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    const taskDefinition = await this.register({ version: "1" });
    await this.ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: SERVICE,
        taskDefinition,
        desiredCount: 2,
        launchType: "FARGATE",
        deploymentController: { type: "CODE_DEPLOY" },
        loadBalancers: [{ targetGroupArn: this.arns.blue, containerName: "web", containerPort: CONTAINER_PORT }],
      }),
    );
    await waitUntilServicesStable(
      { client: this.ecs, maxWaitTime: 150, minDelay: 1, maxDelay: 1 },
      { cluster: CLUSTER, services: [SERVICE] },
    );
    // As with AWS, the waiter counts tasks that run. Those that answer, too, are a steady task set.
    await until("a steady task set", async () => {
      const { taskSets = [] } = await this.service();
      return taskSets[0]?.stabilityStatus === "STEADY_STATE";
    });
  }

  async #createGroup(): Promise<void> {
    await this.codeDeploy.send(new CreateApplicationCommand({ applicationName: APPLICATION, computePlatform: "ECS" }));
    await this.codeDeploy.send(
      new CreateDeploymentGroupCommand({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        serviceRoleArn: ROLE,
        deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
          terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
        },
        autoRollbackConfiguration: {
          enabled: true,
          events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        },
        ecsServices: [{ clusterName: CLUSTER, serviceName: SERVICE }],
        loadBalancerInfo: {
          targetGroupPairInfoList: [
            {
              targetGroups: [{ name: "shop-blue" }, { name: "shop-green" }],
              prodTrafficRoute: { listenerArns: [this.arns.production ?? ""] },
              testTrafficRoute: { listenerArns: [this.arns.test ?? ""] },
            },
          ],
        },
      }),
    );
  }

  async changeGroup(change: Partial<UpdateDeploymentGroupCommandInput>): Promise<void> {
    const names = { applicationName: APPLICATION, currentDeploymentGroupName: GROUP };
    await this.codeDeploy.send(new UpdateDeploymentGroupCommand({ ...names, ...change }));
  }

  async createConfig(deploymentConfigName: string, trafficRoutingConfig: TrafficRoutingConfig): Promise<void> {
    const input = { deploymentConfigName, computePlatform: "ECS" as const, trafficRoutingConfig };
    await this.codeDeploy.send(new CreateDeploymentConfigCommand(input));
  }

  /** A new revision of the example's. */
  taskDefinition({ version, trouble, image }: NewRevision): RegisterTaskDefinitionCommandInput {
    const example = JSON.parse(readFileSync(EXAMPLE, "utf8"));
    const [web] = example.containerDefinitions;
    const environment = [
      { name: "VERSION", value: version },
      ...(trouble ? [{ name: "TROUBLE", value: trouble }] : []),
    ];
    const containerDefinitions = [{ ...web, environment, ...(image ? { image } : {}) }];
    return { ...example, containerDefinitions };
  }

  /** @returns the ARN of a new revision of the example's task definition */
  async register(revision: NewRevision): Promise<string> {
    const { taskDefinition } = await this.ecs.send(new RegisterTaskDefinitionCommand(this.taskDefinition(revision)));
    return taskDefinition?.taskDefinitionArn ?? "";
  }

  /** @returns the deployment's id */
  async deploy(revision: NewRevision, more: Partial<CreateDeploymentCommandInput> = {}): Promise<string> {
    const LoadBalancerInfo = { ContainerName: "web", ContainerPort: revision.containerPort ?? CONTAINER_PORT };
    const Properties = { TaskDefinition: await this.register(revision), LoadBalancerInfo };
    const content = JSON.stringify({
      version: 0.0,
      Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties } }],
      Hooks: Object.entries(revision.hooks ?? {}).map(([event, hook]) => ({ [event]: hook })),
    });
    const { deploymentId } = await this.codeDeploy.send(
      new CreateDeploymentCommand({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
        ...more,
      }),
    );
    return deploymentId ?? "";
  }

  async deployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await this.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    if (!deploymentInfo) throw new Error(`GetDeployment answered nothing about ${deploymentId}`);
    return deploymentInfo;
  }

  async end(deploymentId: string): Promise<DeploymentInfo> {
    return until(`the end of ${deploymentId}`, async () => {
      const info = await this.deployment(deploymentId);
      return info.completeTime !== undefined && info;
    });
  }

  async target(deploymentId: string): Promise<ECSTarget> {
    const targetId = `${CLUSTER}:${SERVICE}`;
    const { deploymentTarget } = await this.codeDeploy.send(new GetDeploymentTargetCommand({ deploymentId, targetId }));
    if (!deploymentTarget?.ecsTarget) throw new Error(`${deploymentId} has no target of ECS`);
    return deploymentTarget.ecsTarget;
  }

  /** The deployment's task sets by their labels. */
  async shown(deploymentId: string): Promise<Readonly<Record<string, ShownTaskSet>>> {
    const { taskSetsInfo = [] } = await this.target(deploymentId);
    return Object.fromEntries(
      taskSetsInfo.map(({ taskSetLabel, trafficWeight, status, desiredCount, runningCount }) => [
        taskSetLabel,
        { weight: trafficWeight, status, desired: desiredCount, running: runningCount },
      ]),
    );
  }

  /**
   * Waits until the deployment says that the replacement has so much of the traffic.
   * @returns when the listener did not give it so much yet: it was moved after that. The listener is asked, and not the deployment, since
   * what the deployment notes is seen when it is stored, which on a busy machine is some time after the moment that it notes.
   */
  async untilWeight(deploymentId: string, percent: number): Promise<number> {
    let notBefore = Date.now();
    await watchUntil(`${percent} % on the replacement of ${deploymentId}`, async () => {
      const lookedAt = Date.now();
      if ((await this.weights("production")).green !== percent) notBefore = lookedAt;
      const info = await this.deployment(deploymentId);
      if (info.completeTime) throw new Error(`${info.status}: ${info.errorInformation?.message}`);
      const { Green } = info.status === "Created" ? {} : await this.shown(deploymentId);
      return Green?.weight === percent;
    });
    return notBefore;
  }

  /** Ends the wait of a step, as soon as there is one: a weight is in force before the deployment has noted it. */
  async next(deploymentId: string): Promise<void> {
    await until(`a step of ${deploymentId} that waits`, async () => {
      const { exitCode, stderr } = await this.server.run("shift", "next", deploymentId);
      if (exitCode !== 0 && !stderr.includes("no step waits now")) throw new Error(stderr);
      return exitCode === 0;
    });
  }

  /** Of tasks that are wanted. */
  async runningTasks(): Promise<readonly string[]> {
    return (await this.tasks("RUNNING")).map(({ taskArn = "" }) => taskArn).sort();
  }

  async service(): Promise<Service> {
    const { services } = await this.ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }));
    if (!services?.[0]) throw new Error("there is no service");
    return services[0];
  }

  async tasks(desiredStatus: "RUNNING" | "STOPPED"): Promise<readonly Task[]> {
    const { taskArns = [] } = await this.ecs.send(new ListTasksCommand({ cluster: CLUSTER, desiredStatus }));
    if (taskArns.length === 0) return [];
    return (await this.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks ?? [];
  }

  /** Percents by `blue` and `green`, as the listener has them. */
  async weights(listener: "production" | "test"): Promise<Readonly<Record<string, number | undefined>>> {
    const { Listeners } = await this.elb.send(
      new DescribeListenersCommand({ ListenerArns: [this.arns[listener] ?? ""] }),
    );
    const groups = Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    const colour = (arn = "") => (arn === this.arns.green ? "green" : "blue");
    return Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [colour(TargetGroupArn), Weight]));
  }

  /** The version that answers one request. */
  async answer(port = this.productionPort): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return ((await response.json()) as { version: string }).version;
  }
}
