import type { Rule } from "../rules/rule.ts";
import type { ShiftMoments, ShiftWatchParts } from "../shift/watched-shifts.ts";
import type { Watched } from "../watched.ts";

/** What can be known of a task set by who sees all. */
export interface TaskSetTruth {
  /** When all its tasks ran last, epoch milliseconds; -Infinity: never. */
  readonly lastSteadyAt: number;
  readonly isPrimary: boolean;
  /** Tasks that stopped though they were wanted. */
  readonly failedTasks: number;
  /** Since when so many had stopped that more would, epoch milliseconds; null: they do not keep stopping. */
  readonly loopsSince: number | null;
  /** What it gets of production traffic, in percent. */
  readonly percent: number;
}

export interface EcsWatchParts extends ShiftWatchParts {
  /** Undefined: it is gone. */
  readonly taskSetOf: (groupId: string, taskSetId: string) => TaskSetTruth | undefined;
  readonly primaryOf: (groupId: string) => { readonly taskSetId: string } | null;
  /** What was the primary before the deployment made its own the primary. */
  readonly servedBefore: (watched: Watched) => string | undefined;
  /** What the replacement's target group gets of the test traffic, in percent; null: there is none. */
  readonly testPercentOf: (watched: Watched) => number | null;
}

export interface EcsMoments extends ShiftMoments {
  /** The server has a task set removed: this is before it is done. */
  removalAsked: (groupId: string, taskSetId: string) => void;
}

export type EcsRule = Rule<EcsWatchParts, EcsMoments>;

/** The service of the deployment's target; undefined: it is not known yet. */
export function serviceOf({ targets }: Watched) {
  const [target] = targets.values();
  return target?.type === "ecs-service" ? target : undefined;
}
