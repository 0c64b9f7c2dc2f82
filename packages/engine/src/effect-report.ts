import type { TerminationReport } from "./ports/fleet.ts";

/** What came of an effect, or is known of it while it is under way, whoever is asked. */
export interface EffectReport {
  /** Pending is not the end: who was asked is asked again. */
  readonly outcome: "done" | "pending" | "failed";
  /** In the words of who was asked; empty where there was nothing to say. */
  readonly detail: string;
  /** Of one that failed: an ErrorCode of CodeDeploy, where who was asked knows a truer one than that of the step. */
  readonly code?: string | undefined;
  /** Of one that is pending: what becomes of it if nobody asks again, as a sentence. */
  readonly ifLeft?: string | undefined;
  /** When who was asked ends the wait by itself, epoch milliseconds; absent: it does not. */
  readonly until?: number | undefined;
  /** Of `createTaskSet` that is done. */
  readonly taskSetId?: string | undefined;
  /** Of `awaitTaskSet` and `setWeights` that are done: the task set is as it is to be, and has no task, since none is wanted of the service. */
  readonly runsNothing?: true | undefined;
  /** Of `invokeHook` that is done: the hook has returned, and its answer has not come. */
  readonly hasReturned?: true | undefined;
  /** Of `invokeHook` that failed: what the hook wrote last. */
  readonly logTail?: string | undefined;
  /** Of `terminateOriginals` that is done: what became of each host. */
  readonly termination?: TerminationReport | undefined;
}

/** By the effect's key. An effect of which nothing is known is absent. */
export type EffectReports = ReadonlyMap<string, EffectReport>;
