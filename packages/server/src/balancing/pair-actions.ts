import type { ListenerAction } from "@sluice/engine/ports/balancer.ts";
import { listenerPercent, type PairWeights } from "@sluice/engine/ports/weighted-router.ts";
import type { Listener, ListenerRule } from "../store/elb/listeners.ts";

type Forward = Extract<ListenerAction, { readonly kind: "forward" }>;

/** What of a listener forwards to a pair of target groups (ARNs): its default action, rules, or both. */
export interface PairActions {
  readonly listener: Listener;
  /** Undefined: the default action names neither group. */
  readonly defaultAction: Forward | undefined;
  readonly rules: readonly { readonly rule: ListenerRule; readonly action: Forward }[];
}

export function pairActions(
  pair: readonly [string, string],
  listener: Listener,
  rules: readonly ListenerRule[],
): PairActions {
  const forwardOf = (action: ListenerAction): Forward | undefined =>
    action.kind === "forward" && action.groups.some(({ groupId }) => pair.includes(groupId)) ? action : undefined;
  return {
    listener,
    defaultAction: forwardOf(listener.defaultAction),
    rules: rules
      .filter(({ listenerArn }) => listenerArn === listener.arn)
      .flatMap((rule) => {
        const action = forwardOf(rule.action);
        return action ? [{ rule, action }] : [];
      }),
  };
}

export function forwardsOf({ defaultAction, rules }: PairActions): readonly Forward[] {
  return [...(defaultAction ? [defaultAction] : []), ...rules.map(({ action }) => action)];
}

/** Why an action's weights cannot be read as percents of the pair's traffic, or not be set so; undefined: they can. */
export function pairWeightsTrouble(pair: readonly [string, string], { groups }: Forward): string | undefined {
  const [own, others] = [groups.filter(isOf(pair)), groups.filter((group) => !isOf(pair)(group))];
  const sum = sumOf(own);
  if (sum === 0) return `gives both groups the weight 0`;
  // What the others get must stay what it is.
  if (sumOf(others) === 0 || sum === 100) return undefined;
  return `forwards to other target groups, too, and gives those of the pair the weights ${own.map(({ weight }) => weight).join(" and ")}: give the pair weights that make 100, and the others weights to match (aws elbv2 modify-listener or modify-rule)`;
}

/** What each group of the pair gets of a listener's traffic for the pair, in whole percent and in the pair's order. Undefined: nothing. */
export function pairPercents(
  pair: readonly [string, string],
  actions: PairActions,
): readonly [number, number] | undefined {
  const shares = forwardsOf(actions).flatMap(({ groups }) => {
    const [first, second] = pair.map((arn) => groups.find(({ groupId }) => groupId === arn)?.weight ?? 0);
    const sum = first! + second!;
    return sum === 0 ? [] : [Math.round((100 * first!) / sum)];
  });
  if (shares.length === 0) return undefined;
  const percent = listenerPercent(shares);
  return [percent, 100 - percent];
}

/** The action with these weights for the pair, which all name its groups' ARNs; a group that it lacks joins the others. */
export function withPairWeights(action: Forward, weights: PairWeights): Forward {
  const percents = new Map(weights.map(({ targetGroup, percent }) => [targetGroup, percent]));
  const kept = action.groups.map(({ groupId, weight }) => ({ groupId, weight: percents.get(groupId) ?? weight }));
  const joining = weights.filter(({ targetGroup }) => !kept.some(({ groupId }) => groupId === targetGroup));
  return {
    kind: "forward",
    groups: [...kept, ...joining.map(({ targetGroup, percent }) => ({ groupId: targetGroup, weight: percent }))],
  };
}

function isOf(pair: readonly [string, string]) {
  return ({ groupId }: { readonly groupId: string }) => pair.includes(groupId);
}

function sumOf(groups: readonly { readonly weight: number }[]): number {
  return groups.reduce((total, { weight }) => total + weight, 0);
}
