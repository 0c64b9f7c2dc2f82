import type { PortOutcome } from "./port-outcome.ts";

/** Two target groups that take turns behind the same listeners (DeploymentGroupInfo's `targetGroupPairInfoList`). */
export interface TargetGroupPair {
  readonly targetGroups: readonly [string, string];
  /** ARN. Other rules and other target groups of the listener are never touched. */
  readonly productionListener: string;
  /** Null: there is no test traffic. */
  readonly testListener: string | null;
  /** That of the deployment group. Drivers of AWS assume it where their binding says so; others have no use for it. */
  readonly serviceRoleArn?: string | undefined;
}

/** How much of a listener's traffic for the pair a target group gets, in whole percent. */
export interface GroupWeight {
  readonly targetGroup: string;
  readonly percent: number;
}

/** One entry for each group of the pair, 100 in sum. */
export type PairWeights = readonly [GroupWeight, GroupWeight];

export type PairTraffic =
  | {
      readonly outcome: "known";
      /** A `network` balancer moves all traffic at once: it splits none by weight. */
      readonly protocol: "http" | "network";
      readonly production: PairWeights;
      /** Null: the pair has no test listener. */
      readonly test: PairWeights | null;
    }
  /** A listener or group is missing, or the listener forwards to neither group; the reason is a sentence without a full stop. */
  | {
      readonly outcome: "unusable";
      readonly reason: string;
      /** What the production listener gives each group all the same, for people who look. Absent: that could not be read. */
      readonly production?: readonly GroupWeight[] | undefined;
    };

/**
 * The port to load balancers that split traffic between two target groups. Every method may be called again at any time with the same
 * arguments: the wish is the state. A balancer that cannot be reached is a rejection, which the caller retries; an answer that says no is
 * a `failed`, and so are weights that are not one for each group of the pair, or not 100 in sum.
 */
export interface WeightedRouter {
  /** For the start and for people; changes nothing. */
  describe(pair: TargetGroupPair, signal: AbortSignal): Promise<PairTraffic>;
  /** Done when the listener forwards so. A group without traffic stays behind the listener, with weight 0 (section 12). */
  splitProduction(pair: TargetGroupPair, weights: PairWeights, signal: AbortSignal): Promise<PortOutcome>;
  /** All test traffic goes to one group. Failed when the pair has no test listener. */
  sendTest(pair: TargetGroupPair, targetGroup: string, signal: AbortSignal): Promise<PortOutcome>;
}

/** Weights that give `percent` to one group of the pair, and the rest to the other. */
export function weightsOfPair({ targetGroups }: TargetGroupPair, targetGroup: string, percent: number): PairWeights {
  const [first, second] = targetGroups;
  const ofFirst = first === targetGroup ? percent : 100 - percent;
  return [
    { targetGroup: first, percent: ofFirst },
    { targetGroup: second, percent: 100 - ofFirst },
  ];
}

/** Of a listener that forwards nothing to the pair. */
export function noTraffic({ targetGroups }: TargetGroupPair): readonly GroupWeight[] {
  return targetGroups.map((targetGroup) => ({ targetGroup, percent: 0 }));
}

/**
 * What a group gets of a listener whose default action and rules give it these percents (one or more). Where they differ, because somebody
 * changed one of them or one of several calls was not made, it is their mean, which is never rounded to all or nothing.
 */
export function listenerPercent(percents: readonly number[]): number {
  const mean = percents.reduce((sum, percent) => sum + percent, 0) / percents.length;
  if (mean > 99 && mean < 100) return 99;
  return mean > 0 && mean < 1 ? 1 : Math.round(mean);
}

/** Why weights cannot be set, as a sentence without a full stop; undefined: they can. Asked by every driver. */
export function weightsTrouble({ targetGroups }: TargetGroupPair, weights: PairWeights): string | undefined {
  const named = weights.map(({ targetGroup }) => targetGroup);
  const isPair = named.length === 2 && targetGroups.every((group) => named.includes(group));
  if (!isPair) return `the weights are of ${named.join(" and ")}, and the pair is ${targetGroups.join(" and ")}`;
  const percents = weights.map(({ percent }) => percent);
  const sum = percents.reduce((total, percent) => total + percent, 0);
  if (sum === 100 && percents.every((percent) => Number.isInteger(percent) && percent >= 0)) return undefined;
  return `the weights ${percents.join(" and ")} are not whole percents that make 100`;
}
