import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import {
  type GroupWeight,
  noTraffic,
  type PairTraffic,
  type PairWeights,
  type TargetGroupPair,
  type WeightedRouter,
  weightsOfPair,
  weightsTrouble,
} from "@sluice/engine/ports/weighted-router.ts";
import { invariant } from "@sluice/model/invariant.ts";
import { type BalancingRows, balancersOfGroups, readBalancingRows } from "../store/elb/balancing-rows.ts";
import { saveListener, saveListenerRule } from "../store/elb/listeners.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { Settled } from "./balancing-loop.ts";
import {
  forwardsOf,
  type PairActions,
  pairActions,
  pairPercents,
  pairWeightsTrouble,
  withPairWeights,
} from "./pair-actions.ts";

/** For a balancer that has not taken the weights yet. */
const RETRY_MILLISECONDS = 200;

export interface LocalWeightedRouterDependencies {
  readonly store: Store;
  readonly changes: WakeFeed;
  readonly settle: (signal: AbortSignal) => Promise<Settled>;
}

/** The pair as the store has it: ARNs, and what forwards to them. */
interface FoundPair {
  readonly arns: readonly [string, string];
  readonly production: PairActions;
  readonly test: PairActions | null;
  readonly isNetwork: boolean;
}

type Found = FoundPair | { readonly reason: string };

/** The weighted router of load balancers that Sluice runs itself: writes the wish down, and is done when the balancer has it in force. */
export function localWeightedRouter({ store, changes, settle }: LocalWeightedRouterDependencies): WeightedRouter {
  const forward = async (
    pair: TargetGroupPair,
    weights: PairWeights,
    actionsOf: (found: FoundPair) => PairActions | null,
    signal: AbortSignal,
  ): Promise<PortOutcome> => {
    signal.throwIfAborted();
    const trouble = weightsTrouble(pair, weights);
    if (trouble !== undefined) return { outcome: "failed", reason: trouble };
    const written = await store.write(async (transaction) => {
      const found = findPair(pair, await readBalancingRows(transaction.db));
      if ("reason" in found) return found;
      const actions = actionsOf(found);
      if (!actions) return { reason: "the pair has no test listener" };
      if (found.isNetwork && weights.some(({ percent }) => percent !== 0 && percent !== 100)) {
        return {
          reason: `the listener ${actions.listener.arn} is of a network load balancer, which moves all traffic at once`,
        };
      }
      await saveWeights(transaction, actions, inArns(pair, found.arns, weights));
      changes.publishAfter(transaction);
      return { listenerArn: actions.listener.arn };
    });
    if ("reason" in written) return { outcome: "failed", reason: written.reason };
    return inForce(await settle(signal), written.listenerArn);
  };
  return {
    describe: async (pair, signal) => {
      signal.throwIfAborted();
      const rows = await readBalancingRows(store.db);
      return describePair(pair, findPair(pair, rows), rows);
    },
    splitProduction: (pair, weights, signal) => forward(pair, weights, ({ production }) => production, signal),
    sendTest: async (pair, targetGroup, signal) => {
      signal.throwIfAborted();
      if (!pair.targetGroups.includes(targetGroup)) {
        return { outcome: "failed", reason: `the target group ${targetGroup} is not of the pair` };
      }
      return forward(pair, weightsOfPair(pair, targetGroup, 100), ({ test }) => test, signal);
    },
  };
}

/** Another listener that cannot be served keeps nobody from this one. */
function inForce({ outcome, facts }: Settled, listenerArn: string): PortOutcome {
  if (facts.trouble !== "") return pending(facts.trouble);
  const unserved = facts.unserved.get(listenerArn);
  if (unserved !== undefined) return pending(`the balancer does not serve the listener ${listenerArn}: ${unserved}`);
  if (outcome.outcome === "failed" && facts.unserved.size === 0) return outcome;
  return outcome.outcome === "pending" ? outcome : { outcome: "done" };
}

function pending(detail: string): PortOutcome {
  return { outcome: "pending", retryAfterMilliseconds: RETRY_MILLISECONDS, detail };
}

async function saveWeights(
  { db }: WriteTransaction,
  { listener, defaultAction, rules }: PairActions,
  weights: PairWeights,
): Promise<void> {
  if (defaultAction) await saveListener(db, { ...listener, defaultAction: withPairWeights(defaultAction, weights) });
  for (const { rule, action } of rules) {
    await saveListenerRule(db, { ...rule, action: withPairWeights(action, weights) });
  }
}

function describePair(pair: TargetGroupPair, found: Found, rows: BalancingRows): PairTraffic {
  if ("reason" in found) {
    return { outcome: "unusable", reason: found.reason, production: productionAsItIs(pair, rows) };
  }
  const { arns, production, test, isNetwork } = found;
  const weightsAt = (actions: PairActions): PairWeights => {
    const percents = pairPercents(arns, actions);
    invariant(percents, "a pair that was found gets traffic");
    return weightsInOrder(pair, percents);
  };
  return {
    outcome: "known",
    protocol: isNetwork ? "network" : "http",
    production: weightsAt(production),
    test: test && weightsAt(test),
  };
}

/** Also of a listener by which no traffic could be shifted. Undefined: there is none, or no such groups. */
function productionAsItIs(pair: TargetGroupPair, rows: BalancingRows): readonly GroupWeight[] | undefined {
  const [first, second] = groupsOf(pair, rows);
  const listener = rows.listeners.find(({ arn }) => arn === pair.productionListener);
  if (!first || !second || !listener) return undefined;
  const arns = [first.arn, second.arn] as const;
  const percents = pairPercents(arns, pairActions(arns, listener, rows.rules));
  return percents ? weightsInOrder(pair, percents) : noTraffic(pair);
}

function weightsInOrder(
  { targetGroups: [first, second] }: TargetGroupPair,
  [ofFirst, ofSecond]: readonly [number, number],
): PairWeights {
  return [
    { targetGroup: first, percent: ofFirst },
    { targetGroup: second, percent: ofSecond },
  ];
}

function groupsOf({ targetGroups }: TargetGroupPair, rows: BalancingRows) {
  return targetGroups.map((name) => rows.targetGroups.find((group) => name === group.name || name === group.arn));
}

function findPair(pair: TargetGroupPair, rows: BalancingRows): Found {
  const { targetGroups, productionListener, testListener } = pair;
  const [first, second] = groupsOf(pair, rows);
  if (!first || !second) return { reason: `there is no target group ${first ? targetGroups[1] : targetGroups[0]}` };
  const arns = [first.arn, second.arn] as const;
  if (first === second) return { reason: `the pair names the target group ${first.name} twice` };
  const production = findActions(arns, productionListener, rows);
  if ("reason" in production) return production;
  const test = testListener === null ? null : findActions(arns, testListener, rows);
  if (test && "reason" in test) return test;
  const { loadBalancerArn } = production.listener;
  if (test && test.listener.loadBalancerArn !== loadBalancerArn) {
    return { reason: `the listeners ${productionListener} and ${testListener} are of two load balancers` };
  }
  const elsewhere = arns.find((arn) =>
    [...(balancersOfGroups(rows).get(arn) ?? [])].some((one) => one !== loadBalancerArn),
  );
  if (elsewhere) return { reason: `the target group ${elsewhere} is behind another load balancer, too` };
  const isNetwork = rows.loadBalancers.some(({ arn, type }) => arn === loadBalancerArn && type === "network");
  return { arns, production, test, isNetwork };
}

function findActions(
  arns: readonly [string, string],
  listenerArn: string,
  { listeners, rules }: BalancingRows,
): PairActions | { readonly reason: string } {
  const listener = listeners.find(({ arn }) => arn === listenerArn);
  if (!listener) return { reason: `there is no listener ${listenerArn}` };
  const actions = pairActions(arns, listener, rules);
  const forwards = forwardsOf(actions);
  if (forwards.length === 0) return { reason: `the listener ${listenerArn} forwards to neither ${arns.join(" nor ")}` };
  for (const forward of forwards) {
    const trouble = pairWeightsTrouble(arns, forward);
    if (trouble !== undefined) return { reason: `the listener ${listenerArn} ${trouble}` };
  }
  return actions;
}

/** Callers name the groups as they like. */
function inArns({ targetGroups }: TargetGroupPair, arns: readonly [string, string], weights: PairWeights): PairWeights {
  const [first, second] = weights.map(({ targetGroup, percent }) => ({
    targetGroup: targetGroup === targetGroups[0] ? arns[0] : arns[1],
    percent,
  }));
  return [first!, second!];
}
