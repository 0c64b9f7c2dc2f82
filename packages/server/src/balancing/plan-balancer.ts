import type { BalancerPlan, GroupPlan, ListenerPlan, ServerPlan } from "@sluice/engine/ports/balancer.ts";
import type { BalancedTask } from "../store/elb/balanced-tasks.ts";
import { type BalancingRows, balancersOfGroups } from "../store/elb/balancing-rows.ts";
import type { Listener, ListenerRule } from "../store/elb/listeners.ts";
import type { RegisteredTarget } from "../store/elb/registered-targets.ts";
import type { TargetGroup } from "../store/elb/target-groups.ts";
import { type FunctionServer, type FunctionServers, NO_FUNCTION_SERVERS } from "./function-servers.ts";

const PROTOCOLS = { HTTP: "http", HTTPS: "https", TCP: "tcp" } as const;

/**
 * What the balancer is to do: every listener of every load balancer, the target groups behind them, and those with tasks: before a listener
 * forwards to a task it is known to be healthy. Other groups are not in it, so that nobody checks their targets. Ids are ARNs, of servers those
 * of {@link serverIdOf} and tasks' ids. The same rows give the same plan. A group of functions that nobody serves has no servers.
 */
export function planBalancer(
  rows: BalancingRows,
  tasks: readonly BalancedTask[],
  functions: FunctionServers = NO_FUNCTION_SERVERS,
): BalancerPlan {
  const behind = balancersOfGroups(rows);
  const withTasks = new Set(tasks.map(({ targetGroupArn }) => targetGroupArn));
  return {
    listeners: rows.listeners.map((listener) => planListener(listener, rows.rules)),
    groups: rows.targetGroups
      .filter(({ arn }) => behind.has(arn) || withTasks.has(arn))
      .map((group) =>
        group.targetType === "lambda"
          ? planFunctionGroup(group, rows.targets, functions.get(group.arn))
          : planGroup(group, serversOf(group.arn, rows.targets, tasks)),
      ),
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
    healthCheck: group.isChecked ? group.healthCheck : null,
    servers,
  };
}

/** One that drains and the one that was registered instead are at the same place: what is sent there is for the latter. */
function planFunctionGroup(
  group: TargetGroup,
  targets: readonly RegisteredTarget[],
  place: FunctionServer | undefined,
): GroupPlan {
  if (!place) return planGroup(group, []);
  const { address, port, sentHeader } = place;
  const servers = targets
    .filter(({ targetGroupArn }) => targetGroupArn === group.arn)
    .map((target) => ({ serverId: serverIdOf(target), address, port, isDraining: target.drainingSince !== null }));
  return { ...planGroup(group, servers), sentHeader };
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
