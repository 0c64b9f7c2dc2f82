import type { EffectReport } from "@sluice/engine/effect-report.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";

/** What a port answered, with what the planner has to know besides. */
export type PortAnswer = PortOutcome & Pick<EffectReport, "taskSetId" | "runsNothing">;

/** An attempt that has come to an answer of a port, of every kind for which nothing else is written. */
type PortAttempt =
  | { readonly ended: EffectReport }
  | {
      readonly postponed: { readonly runAt: number; readonly progress: EffectReport; readonly isUnderWay: boolean };
    };

/** What comes of an answer that is the last. */
export function endedBy(answer: Exclude<PortAnswer, { readonly outcome: "pending" }>): {
  readonly ended: EffectReport;
} {
  if (answer.outcome === "failed") {
    const { outcome, reason, code } = answer;
    return { ended: { outcome, detail: reason, ...(code === undefined ? {} : { code }) } };
  }
  const { outcome, detail = "", taskSetId, runsNothing } = answer;
  const known = { ...(taskSetId === undefined ? {} : { taskSetId }), ...(runsNothing ? { runsNothing } : {}) };
  return { ended: { outcome, detail, ...known } };
}

/** What comes of a port's answer: one that is pending is asked for again, with the same call. */
export function attemptOf(answer: PortAnswer, at: number): PortAttempt {
  if (answer.outcome !== "pending") return endedBy(answer);
  const { outcome, detail, ifLeft, until, code, retryAfterMilliseconds } = answer;
  const progress = {
    outcome,
    detail,
    ...(ifLeft === undefined ? {} : { ifLeft }),
    ...(until === undefined ? {} : { until }),
    ...(code === undefined ? {} : { code }),
  };
  return { postponed: { runAt: at + retryAfterMilliseconds, progress, isUnderWay: true } };
}
