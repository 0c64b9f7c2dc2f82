import type { BalancerPlan, GroupPlan, ListenerPlan, ServerPlan } from "@sluice/engine/ports/balancer.ts";
import type { BalancedTask } from "../store/elb/balanced-tasks.ts";
import { type BalancingRows, balancersOfGroups } from "../store/elb/balancing-rows.ts";
import type { Listener, ListenerRule } from "../store/elb/listeners.ts";
import type { RegisteredTarget } from "../store/elb/registered-targets.ts";
import type { TargetGroup } from "../store/elb/target-groups.ts";

const PROTOCOLS = { HTTP: "http", HTTPS: "https", TCP: "tcp" } as const;

/**
 * What the balancer is to do: every listener of every load balancer, the target groups behind them, and those with tasks: before a listener
 * forwards to a task it is known to be healthy. Other groups are not in it, so that nobody checks their targets. Ids are ARNs, of servers those
 * of {@link serverIdOf} and tasks' ids. The same rows give the same plan.
 */
export function planBalancer(rows: BalancingRows, tasks: readonly BalancedTask[]): BalancerPlan {
  const behind = balancersOfGroups(rows);
  const withTasks = new Set(tasks.map(({ targetGroupArn }) => targetGroupArn));
  return {
    listeners: rows.listeners.map((listener) => planListener(listener, rows.rules)),
    groups: rows.targetGroups
      .filter(({ arn }) => behind.has(arn) || withTasks.has(arn))
      .map((group) => planGroup(group, serversOf(group.arn, rows.targets, tasks))),
  };
}

/** Of a target that was registered. */
export function serverIdOf({ address, port }: Pick<RegisteredTarget, "address" | "port">): string {
  return `${address}:${port}`;
}

/** Whether it is the id of a registered target, not of a task. */
export function isRegisteredTarget(serverId: string): boolean {
  return serverId.includes(":");
}

/** The name under which the binding's settings have it: callers may give an ARN that ends in it. */
export function certificateName(certificate: string): string {
  return certificate.slice(certificate.lastIndexOf("/") + 1);
}

function planListener(listener: Listener, rules: readonly ListenerRule[]): ListenerPlan {
  return {
    listenerId: listener.arn,
    protocol: PROTOCOLS[listener.protocol],
    port: listener.port,
    certificate: listener.certificate === null ? null : certificateName(listener.certificate),
    rules: rules
      .filter(({ listenerArn }) => listenerArn === listener.arn)
      .sort((one, other) => one.priority - other.priority)
      .map(({ arn, conditions, action }) => ({ ruleId: arn, conditions, action })),
    defaultAction: listener.defaultAction,
  };
}

function planGroup(group: TargetGroup, servers: readonly ServerPlan[]): GroupPlan {
  return {
    groupId: group.arn,
    name: group.name,
    protocol: PROTOCOLS[group.protocol],
    healthCheck: group.healthCheck,
    servers,
  };
}

function serversOf(
  groupArn: string,
  targets: readonly RegisteredTarget[],
  tasks: readonly BalancedTask[],
): readonly ServerPlan[] {
  const registered = targets
    .filter(({ targetGroupArn }) => targetGroupArn === groupArn)
    .map((target) => ({
      serverId: serverIdOf(target),
      address: target.address,
      port: target.port,
      isDraining: target.drainingSince !== null,
    }));
  const ofTasks = tasks
    .filter(({ targetGroupArn }) => targetGroupArn === groupArn)
    .map(({ taskId, address, port, isDraining }) => ({ serverId: taskId, address, port, isDraining }))
    .sort((one, other) => (one.serverId < other.serverId ? -1 : 1));
  return [...ofTasks, ...registered];
}
