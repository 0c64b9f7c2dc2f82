import type { EcsOperations } from "@sluice/wire/generated/ecs-shapes.ts";
import type { EnginePlace } from "../../services/local-services.ts";
import { putCluster } from "../../store/ecs/clusters.ts";
import { clusterRow } from "../../store/ecs/rows.fixture.ts";
import { type Listener, saveListener } from "../../store/elb/listeners.ts";
import { saveTargetGroup, type TargetGroup } from "../../store/elb/target-groups.ts";
import { WakeFeed } from "../../store/wake-feed.ts";
import { testContext } from "../operation-context.fixture.ts";
import type { EcsContext } from "./ecs-context.ts";
import { ECS_HANDLERS } from "./ecs-operations.ts";

export const GROUP_ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web-blue/0123456789abcdef";
const BALANCER_ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/0123456789abcdef";

/** ECS' operations over a store in memory, with a cluster, and a target group behind a listener. */
export class EcsWorld {
  readonly context: EcsContext;
  readonly clock: { now: number };
  /** How often whoever looks after services was told. */
  wakes = 0;

  private constructor(context: EcsContext, clock: { now: number }) {
    this.context = context;
    this.clock = clock;
    context.services.wakes.subscribe(() => {
      this.wakes += 1;
    });
  }

  static async begin(place: Partial<EnginePlace> = {}): Promise<EcsWorld> {
    const clock = { now: 1_793_491_200_000 };
    const services = {
      place: { socket: "/var/run/docker.sock", folders: [], secretNames: [], ignoresAwsOnly: false, ...place },
      wakes: new WakeFeed(),
    };
    const world = new EcsWorld({ ...(await testContext(clock)), services }, clock);
    const { store } = world.context;
    await store.write(({ db }) => putCluster(db, clusterRow({ cluster_name: "prod" })));
    return world;
  }

  call<Name extends keyof EcsOperations>(
    operation: Name,
    input: EcsOperations[Name]["input"],
  ): Promise<EcsOperations[Name]["output"]> {
    const handler = ECS_HANDLERS[operation] as (input: unknown, context: EcsContext) => Promise<never>;
    return handler(input, this.context);
  }

  /** The code and the message of the fault that the call answers. */
  async fault<Name extends keyof EcsOperations>(operation: Name, input: EcsOperations[Name]["input"]): Promise<string> {
    try {
      await this.call(operation, input);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code}: ${message}`;
    }
    throw new Error(`${operation} was not refused`);
  }

  /** A task definition of one container that listens. */
  async register(family = "web", change: Partial<EcsOperations["RegisterTaskDefinition"]["input"]> = {}) {
    const { taskDefinition } = await this.call("RegisterTaskDefinition", {
      family,
      containerDefinitions: [{ name: "app", image: "web:1", memory: 64, portMappings: [{ containerPort: 8080 }] }],
      ...change,
    });
    return taskDefinition!.taskDefinitionArn!;
  }

  async addTargetGroup(arn = GROUP_ARN, isBehindListener = true): Promise<void> {
    const { store } = this.context;
    await store.write(async ({ db }) => {
      await saveTargetGroup(db, targetGroup(arn));
      if (isBehindListener) await saveListener(db, listenerTo(arn));
    });
  }

  async createService(change: Partial<EcsOperations["CreateService"]["input"]> = {}) {
    const { service } = await this.call("CreateService", { ...SERVICE, ...change });
    return service!;
  }

  close(): Promise<void> {
    return this.context.store.close();
  }
}

export const SERVICE: EcsOperations["CreateService"]["input"] = {
  cluster: "prod",
  serviceName: "web",
  taskDefinition: "web",
  desiredCount: 2,
  deploymentController: { type: "CODE_DEPLOY" },
  loadBalancers: [{ targetGroupArn: GROUP_ARN, containerName: "app", containerPort: 8080 }],
};

function targetGroup(arn: string): TargetGroup {
  return {
    arn,
    name: arn.split("/")[1] ?? "",
    protocol: "HTTP",
    port: 80,
    vpcId: null,
    targetType: "ip",
    isChecked: true,
    healthCheck: {
      protocol: "http",
      path: "/",
      matcher: "200",
      port: null,
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyCount: 5,
      unhealthyCount: 2,
    },
    createdAt: 0,
    attributes: {},
    tags: [],
  };
}

function listenerTo(groupArn: string): Listener {
  return {
    arn: BALANCER_ARN.replace(":loadbalancer/", ":listener/").concat("/fedcba9876543210"),
    loadBalancerArn: BALANCER_ARN,
    port: 80,
    protocol: "HTTP",
    certificate: null,
    createdAt: 0,
    defaultAction: { kind: "forward", groups: [{ groupId: groupArn, weight: 1 }] },
    tags: [],
  };
}
