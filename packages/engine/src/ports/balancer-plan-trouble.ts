import { MAX_PORT } from "@sluice/model/port.ts";
import type { BalancerPlan, ListenerAction, ListenerPlan } from "./balancer.ts";

/** As ELBv2 has it for a target group of a forward action. */
export const MAX_FORWARD_WEIGHT = 999;

/** Why no balancer can carry the plan out, as a sentence without a full stop; undefined: it can. Asked by every driver. */
export function balancerPlanTrouble({ listeners, groups }: BalancerPlan): string | undefined {
  const groupIds = groups.map(({ groupId }) => groupId);
  return (
    twice("target group", groupIds) ??
    twice(
      "listener",
      listeners.map(({ listenerId }) => listenerId),
    ) ??
    twice(
      "listener port",
      listeners.map(({ port }) => String(port)),
    ) ??
    firstOf(groups, ({ groupId, servers }) =>
      twice(
        `server of ${groupId}`,
        servers.map(({ serverId }) => serverId),
      ),
    ) ??
    firstOf(groups, ({ groupId, servers }) =>
      firstOf(servers, ({ serverId, port }) => portTrouble(`the server ${serverId} of ${groupId}`, port)),
    ) ??
    firstOf(listeners, (listener) => listenerTrouble(listener, new Set(groupIds)))
  );
}

function listenerTrouble(listener: ListenerPlan, groupIds: ReadonlySet<string>): string | undefined {
  const { listenerId, port, protocol, certificate, rules, defaultAction } = listener;
  const name = `the listener ${listenerId}`;
  if (protocol === "https" && certificate === null) return `${name} is https and has no certificate`;
  if (protocol === "tcp" && (rules.length > 0 || defaultAction.kind !== "forward")) {
    return `${name} is tcp, and can only forward without rules`;
  }
  return (
    portTrouble(name, port) ??
    twice(
      `rule of ${listenerId}`,
      rules.map(({ ruleId }) => ruleId),
    ) ??
    firstOf([defaultAction, ...rules.map(({ action }) => action)], (action) => actionTrouble(name, action, groupIds))
  );
}

function actionTrouble(name: string, action: ListenerAction, groupIds: ReadonlySet<string>): string | undefined {
  if (action.kind !== "forward") return undefined;
  if (action.groups.length === 0) return `${name} forwards to no target group`;
  const unknown = action.groups.find(({ groupId }) => !groupIds.has(groupId));
  if (unknown) return `${name} forwards to ${unknown.groupId}, which is not among the target groups`;
  const wrong = action.groups.find(
    ({ weight }) => !Number.isInteger(weight) || weight < 0 || weight > MAX_FORWARD_WEIGHT,
  );
  if (wrong)
    return `${name} gives ${wrong.groupId} the weight ${wrong.weight}: use a whole number from 0 to ${MAX_FORWARD_WEIGHT}`;
  return twice(
    `target group of a forward action of ${name}`,
    action.groups.map(({ groupId }) => groupId),
  );
}

function portTrouble(name: string, port: number): string | undefined {
  if (Number.isInteger(port) && port >= 1 && port <= MAX_PORT) return undefined;
  return `${name} has the port ${port}: use a whole number from 1 to ${MAX_PORT}`;
}

function twice(kind: string, ids: readonly string[]): string | undefined {
  const again = ids.find((id, index) => ids.indexOf(id) !== index);
  return again === undefined ? undefined : `the plan has the ${kind} ${again} twice`;
}

function firstOf<Item>(items: readonly Item[], trouble: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = trouble(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
