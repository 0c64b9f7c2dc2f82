import type { BalancerPlan, ListenerAction, ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { actionName, backendName } from "./configured-names.ts";

/** A random number below this decides where a request goes. */
export const WEIGHT_SCALE = 1_000_000;

export type ForwardAction = Extract<ListenerAction, { readonly kind: "forward" }>;

/** Actions of a listener by name: the rules' in their order, then the default one. */
export function namedActions({
  listenerId,
  rules,
  defaultAction,
}: ListenerPlan): readonly (readonly [string, ListenerAction])[] {
  return [
    ...rules.map(({ ruleId, action }) => [actionName(listenerId, ruleId), action] as const),
    [actionName(listenerId, null), defaultAction] as const,
  ];
}

/**
 * What the configuration looks up for a forward action: `250000:g_a:1000000:g_b` sends a random number below 250,000 to the first, and the
 * rest to the second. It is one value, so that a change of weights is in force for a request wholly or not at all. Weights that are all 0
 * send nothing anywhere.
 */
export function splitOf({ groups }: ForwardAction): string {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const parts = groups.map(({ groupId, weight }) => {
    sum += weight;
    return `${total === 0 ? 0 : Math.round((sum / total) * WEIGHT_SCALE)}:${backendName(groupId)}`;
  });
  return parts.join(":");
}

/** The map's entries: action name to split. */
export function weightsOf({ listeners }: Pick<BalancerPlan, "listeners">): ReadonlyMap<string, string> {
  return new Map(
    listeners
      .flatMap(namedActions)
      .flatMap(([name, action]) => (action.kind === "forward" ? [[name, splitOf(action)] as const] : [])),
  );
}

export function weightsMapText(weights: ReadonlyMap<string, string>): string {
  return [...weights].map(([name, split]) => `${name} ${split}\n`).join("");
}
