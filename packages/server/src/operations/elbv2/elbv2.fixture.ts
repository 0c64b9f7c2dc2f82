import { type MemoryBalancer, memoryBalancer, newMemoryBalancer } from "@sluice/drivers/memory/memory-balancer.ts";
import type { Elbv2Operations } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { FunctionPlaces } from "../../balancing/function-servers.ts";
import { type LocalBalancing, localBalancing } from "../../balancing/local-balancing.ts";
import { systemTimers } from "../../loops/timers.ts";
import type { BalancedTask } from "../../store/elb/balanced-tasks.ts";
import { WakeFeed } from "../../store/wake-feed.ts";
import { testContext } from "../operation-context.fixture.ts";
import type { Elbv2Context } from "./elbv2-context.ts";
import { ELBV2_HANDLERS } from "./elbv2-operations.ts";

type Name = keyof Elbv2Operations;

/** The operations over a store and a balancer in memory. */
export interface Elbv2World {
  readonly context: Elbv2Context;
  readonly balancer: MemoryBalancer;
  readonly balancing: LocalBalancing;
  tasks: readonly BalancedTask[];
  call<Operation extends Name>(
    operation: Operation,
    input: Elbv2Operations[Operation]["input"],
  ): Promise<Elbv2Operations[Operation]["output"]>;
  close(): Promise<void>;
}

/** Every target group of functions at one place, which nobody serves. */
const FUNCTIONS: FunctionPlaces = {
  serve: async ({ targetGroups }) => {
    const sentHeader = { name: "x-test", value: "secret" };
    const groups = targetGroups.filter(({ targetType }) => targetType === "lambda");
    return new Map(groups.map(({ arn }) => [arn, { address: "127.0.0.1", port: 8_100, sentHeader }]));
  },
  close: async () => {},
};

/** Ids count up, so that two worlds in which the same is done have the same ARNs. */
export async function openElbv2World(
  address = "127.0.0.1",
  ignoresAwsOnly = true,
  allowsLocalTargets = false,
  hasFunctions = true,
): Promise<Elbv2World> {
  let ids = 0;
  const randomText = (_alphabet: string, length: number) => String(++ids).padStart(length, "0");
  const base = { ...(await testContext({ now: Date.now() })), randomText };
  const balancer = newMemoryBalancer();
  const balancing = localBalancing(
    memoryBalancer.create({}, balancer),
    { address, certificates: ["web"], ignoresAwsOnly, allowsLocalTargets, ownAddresses: () => new Set(["192.0.2.77"]) },
    {
      store: base.store,
      timers: systemTimers,
      changes: new WakeFeed(),
      tasks: async () => world.tasks,
      functions: hasFunctions ? FUNCTIONS : undefined,
      log: { warn() {}, info() {} },
      onError() {},
    },
  );
  const context = { ...base, balancing };
  const world: Elbv2World = {
    context,
    balancer,
    balancing,
    tasks: [],
    call: (operation, input) => {
      const handler = ELBV2_HANDLERS[operation] as (given: object, context: Elbv2Context) => Promise<never>;
      return handler(input, context);
    },
    close: async () => {
      await balancing.close();
      await base.store.close();
    },
  };
  balancing.start();
  return world;
}

/** A load balancer, a target group for HTTP, and a listener on port 80 that forwards to it: their ARNs. */
export async function makeWeb(world: Elbv2World) {
  const balancers = await world.call("CreateLoadBalancer", { Name: "web" });
  const groups = await world.call("CreateTargetGroup", {
    Name: "blue",
    Protocol: "HTTP",
    Port: 8080,
    TargetType: "ip",
  });
  const balancer = balancers.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const group = groups.TargetGroups?.[0]?.TargetGroupArn ?? "";
  const listeners = await world.call("CreateListener", {
    LoadBalancerArn: balancer,
    Protocol: "HTTP",
    Port: 80,
    DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
  });
  return { balancer, group, listener: listeners.Listeners?.[0]?.ListenerArn ?? "" };
}
