import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import {
  type PairTraffic,
  type PairWeights,
  type TargetGroupPair,
  type WeightedRouter,
  weightsOfPair,
  weightsTrouble,
} from "@sluice/engine/ports/weighted-router.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** By target group, its percent of what the listener forwards. */
export type MemoryListener = Map<string, number>;

export interface MemoryWeightedRouterDependencies {
  /** By ARN, read at every call. */
  readonly listeners: ReadonlyMap<string, MemoryListener>;
  /** Listeners of a network balancer, by ARN. */
  readonly networkListeners?: ReadonlySet<string> | undefined;
}

/** Listeners in a map, for tests and simulations. */
export const memoryWeightedRouter: Driver<
  "weighted-router",
  NoSettings,
  MemoryWeightedRouterDependencies,
  WeightedRouter
> = {
  port: "weighted-router",
  name: "memory",
  create: (_settings, { listeners, networkListeners }) => ({
    describe: async (pair, signal) => {
      signal.throwIfAborted();
      const protocol = networkListeners?.has(pair.productionListener) ? "network" : "http";
      return describe(pair, protocol, listeners);
    },
    splitProduction: async (pair, weights, signal) => {
      signal.throwIfAborted();
      return forward(pair, pair.productionListener, weights, listeners);
    },
    sendTest: async (pair, targetGroup, signal) => {
      signal.throwIfAborted();
      if (pair.testListener === null) return { outcome: "failed", reason: "the pair has no test listener" };
      if (!pair.targetGroups.includes(targetGroup)) {
        return { outcome: "failed", reason: `the target group ${targetGroup} is not of the pair` };
      }
      return forward(pair, pair.testListener, weightsOfPair(pair, targetGroup, 100), listeners);
    },
  }),
};

function describe(
  pair: TargetGroupPair,
  protocol: "http" | "network",
  listeners: ReadonlyMap<string, MemoryListener>,
): PairTraffic {
  const { productionListener, testListener } = pair;
  const weightsAt = (listener: string): PairWeights => {
    const [first, second] = pair.targetGroups;
    const weights = listeners.get(listener);
    return [
      { targetGroup: first, percent: weights?.get(first) ?? 0 },
      { targetGroup: second, percent: weights?.get(second) ?? 0 },
    ];
  };
  const named = testListener === null ? [productionListener] : [productionListener, testListener];
  for (const listener of named) {
    const reason = listenerTrouble(pair, listener, listeners);
    const production = listeners.has(productionListener) ? weightsAt(productionListener) : undefined;
    if (reason !== undefined) return { outcome: "unusable", reason, production };
  }
  return {
    outcome: "known",
    protocol,
    production: weightsAt(productionListener),
    test: testListener === null ? null : weightsAt(testListener),
  };
}

function forward(
  pair: TargetGroupPair,
  listener: string,
  weights: PairWeights,
  listeners: ReadonlyMap<string, MemoryListener>,
): PortOutcome {
  const reason = weightsTrouble(pair, weights) ?? listenerTrouble(pair, listener, listeners);
  if (reason !== undefined) return { outcome: "failed", reason };
  for (const { targetGroup, percent } of weights) listeners.get(listener)?.set(targetGroup, percent);
  return { outcome: "done" };
}

function listenerTrouble(
  { targetGroups }: TargetGroupPair,
  name: string,
  listeners: ReadonlyMap<string, MemoryListener>,
): string | undefined {
  const listener = listeners.get(name);
  if (!listener) return `there is no listener ${name}`;
  if (targetGroups.some((group) => listener.has(group))) return undefined;
  return `the listener ${name} forwards to neither ${targetGroups.join(" nor ")}`;
}
