import type { Action, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";

/** ELBv2 takes no larger weight. */
const MAX_WEIGHT = 999;

/** The two groups of a pair, by ARN, in the pair's order. */
export type GroupArns = readonly [string, string];
/** Percent of the pair's traffic, in the pair's order; 100 in sum. */
export type Percents = readonly [number, number];

/** The action that forwards to a group of the pair; undefined: none does. Actions in front of it authenticate. */
export function forwardOfPair(actions: readonly Action[], pair: GroupArns): Action | undefined {
  return actions.find((action) => groupsOf(action).some(({ TargetGroupArn = "" }) => pair.includes(TargetGroupArn)));
}

/** How the pair's traffic is split by an action, to whole percents. Undefined: it gets none, both groups having weight 0. */
export function percentsOf(forward: Action, pair: GroupArns): Percents | undefined {
  const [first, second] = pair.map((arn) => weightOf(forward, arn)) as [number, number];
  const sum = first + second;
  if (sum === 0) return undefined;
  const percent = Math.round((first / sum) * 100);
  return [percent, 100 - percent];
}

export type SplitActions =
  | { readonly actions: Action[] }
  /** Why it cannot be split so, as a sentence without a full stop. */
  | { readonly problem: string };

/**
 * The actions with the pair's traffic split as asked, and all else of them as it was: groups that are not of the pair keep their share, and
 * the action its stickiness. Both groups of the pair stay named, one of them perhaps with weight 0.
 */
export function splitActions(actions: readonly Action[], pair: GroupArns, percents: Percents): SplitActions {
  const forward = forwardOfPair(actions, pair);
  if (!forward) return { actions: actions.map(asInput) };
  const others = groupsOf(forward).filter(({ TargetGroupArn = "" }) => !pair.includes(TargetGroupArn));
  const scaled = otherWeights(forward, others, pair);
  if ("problem" in scaled) return scaled;
  const ofPair = pair.map((TargetGroupArn, at): TargetGroupTuple => ({ TargetGroupArn, Weight: percents[at] ?? 0 }));
  const TargetGroups = [...ofPair, ...scaled.others];
  const { TargetGroupArn: _single, ForwardConfig, ...rest } = forward;
  const split = { ...rest, ForwardConfig: { ...ForwardConfig, TargetGroups } };
  return { actions: actions.map((action) => (action === forward ? split : asInput(action))) };
}

/** The same with all of the action's traffic going to one group: what a listener of a network balancer takes. */
export function wholeActions(actions: readonly Action[], pair: GroupArns, percents: Percents): Action[] {
  const forward = forwardOfPair(actions, pair);
  const TargetGroupArn = percents[0] === 100 ? pair[0] : pair[1];
  return actions.map((action) => {
    if (action !== forward) return asInput(action);
    const { ForwardConfig: _before, ...rest } = action;
    return { ...rest, TargetGroupArn };
  });
}

/** What an action forwards to. One that names a single group does so without weights. */
function groupsOf({ TargetGroupArn, ForwardConfig }: Action): readonly TargetGroupTuple[] {
  if (ForwardConfig?.TargetGroups?.length) return ForwardConfig.TargetGroups;
  return TargetGroupArn === undefined ? [] : [{ TargetGroupArn, Weight: 1 }];
}

/** A group that is named without a weight has 1, as ELBv2 has it. */
function weightOf(forward: Action, arn: string): number {
  const found = groupsOf(forward).find(({ TargetGroupArn }) => TargetGroupArn === arn);
  return found ? (found.Weight ?? 1) : 0;
}

/** The pair's weights are made to be 100 in sum, so those of others grow with them, that each keeps its share. */
function otherWeights(
  forward: Action,
  others: readonly TargetGroupTuple[],
  pair: GroupArns,
): { readonly others: TargetGroupTuple[] } | { readonly problem: string } {
  const sum = pair.reduce((total, arn) => total + weightOf(forward, arn), 0);
  const scaled = others.map(({ TargetGroupArn, Weight = 1 }) => {
    return { TargetGroupArn, Weight: sum === 0 ? Weight : (Weight * 100) / sum };
  });
  const wrong = scaled.find(({ Weight }) => !Number.isInteger(Weight) || Weight > MAX_WEIGHT);
  if (!wrong) return { others: scaled };
  return {
    problem: `it also forwards to ${wrong.TargetGroupArn}, whose share cannot be kept while the pair's weights become 100 in sum: make them 100 first`,
  };
}

/** As the service takes an action that it has described: it never shows the secret of an identity provider, and keeps it when told to. */
function asInput(action: Action): Action {
  const { AuthenticateOidcConfig: oidc } = action;
  if (!oidc) return action;
  return { ...action, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } };
}
