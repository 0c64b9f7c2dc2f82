import type { ListenerAction } from "@sluice/engine/ports/balancer.ts";
import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { type Listener, type ListenerRule, readListenerRules, readListeners } from "./listeners.ts";
import { type LoadBalancer, readLoadBalancers } from "./load-balancers.ts";
import { type RegisteredTarget, readRegisteredTargets } from "./registered-targets.ts";
import { readTargetGroups, type TargetGroup } from "./target-groups.ts";

/** All that there is to balance, but for tasks. A server has few of each, so that whoever needs some reads all. */
export interface BalancingRows {
  /** In the order of their names. */
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
  readonly listeners: readonly Listener[];
  /** Of each listener in the order of their priorities. */
  readonly rules: readonly ListenerRule[];
  readonly targets: readonly RegisteredTarget[];
}

export async function readBalancingRows(db: Kysely<Database>): Promise<BalancingRows> {
  return {
    loadBalancers: await readLoadBalancers(db),
    targetGroups: await readTargetGroups(db),
    listeners: await readListeners(db),
    rules: await readListenerRules(db),
    targets: await readRegisteredTargets(db),
  };
}

/** The groups that an action forwards to, whatever their weights. */
export function groupsOfAction(action: ListenerAction): readonly string[] {
  return action.kind === "forward" ? action.groups.map(({ groupId }) => groupId) : [];
}

/** From each target group behind a listener to the load balancers of these listeners. */
export function balancersOfGroups({
  listeners,
  rules,
}: Pick<BalancingRows, "listeners" | "rules">): ReadonlyMap<string, ReadonlySet<string>> {
  const balancers = new Map<string, Set<string>>();
  const note = (action: ListenerAction, loadBalancerArn: string) => {
    for (const group of groupsOfAction(action)) {
      balancers.set(group, (balancers.get(group) ?? new Set()).add(loadBalancerArn));
    }
  };
  const byArn = new Map(listeners.map((listener) => [listener.arn, listener]));
  for (const { defaultAction, loadBalancerArn } of listeners) note(defaultAction, loadBalancerArn);
  for (const { listenerArn, action } of rules) {
    const listener = byArn.get(listenerArn);
    if (listener) note(action, listener.loadBalancerArn);
  }
  return balancers;
}

/** Whether a listener or a rule forwards to the group, whatever the weight. */
export async function isBehindListener(db: Kysely<Database>, targetGroupArn: string): Promise<boolean> {
  const listeners = await readListeners(db);
  return balancersOfGroups({ listeners, rules: await readListenerRules(db) }).has(targetGroupArn);
}
