import type { Action, Listener, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { listenerPercent } from "@sluice/engine/ports/weighted-router.ts";
import { forwardOfPair, type GroupArns, type Percents, percentsOf } from "./forward-action.ts";

/** Something of a listener that forwards to a group of the pair, and is changed as one: its default action, or a rule. */
export interface PairForward {
  /** Null: the listener's default action. */
  readonly ruleArn: string | null;
  readonly actions: readonly Action[];
}

/** What of a listener forwards to the pair: the default action first. */
export function pairForwards(
  { DefaultActions = [] }: Listener,
  rules: readonly Rule[],
  pair: GroupArns,
): readonly PairForward[] {
  const byRules = rules
    .filter(({ IsDefault, RuleArn }) => !IsDefault && RuleArn !== undefined)
    .map(({ RuleArn = "", Actions = [] }): PairForward => ({ ruleArn: RuleArn, actions: Actions }));
  return [{ ruleArn: null, actions: DefaultActions }, ...byRules].filter(({ actions }) => forwardOfPair(actions, pair));
}

/** How a listener splits the pair's traffic. Undefined: all that names the pair forwards nothing to it. */
export function percentsAt(forwards: readonly PairForward[], pair: GroupArns): Percents | undefined {
  const known = forwards.flatMap(({ actions }) => {
    const forward = forwardOfPair(actions, pair);
    const percents = forward && percentsOf(forward, pair);
    return percents ? [percents[0]] : [];
  });
  if (known.length === 0) return undefined;
  const percent = listenerPercent(known);
  return [percent, 100 - percent];
}

const HTTP = /^HTTPS?$/;

export function protocolOf({ Protocol }: Listener): "http" | "network" {
  return HTTP.test(Protocol ?? "") ? "http" : "network";
}
