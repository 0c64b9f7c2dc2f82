import type { PortOutcome } from "./port-outcome.ts";

/**
 * What several balancers, or several groups of one, said of one wish, as one outcome. A no of one is a no, and asking the others again
 * would not change it; done is what is done in all. Where nobody was asked nothing was done.
 */
export function joinBalancers(outcomes: readonly PortOutcome[]): PortOutcome {
  if (outcomes.length === 0) {
    return {
      outcome: "failed",
      reason: "the deployment names no load balancer and no target group, so nobody was asked",
    };
  }
  const reasons = outcomes.flatMap((one) => (one.outcome === "failed" ? [one.reason] : []));
  if (reasons.length > 0) return { outcome: "failed", reason: reasons.join("; ") };
  const pending = outcomes.flatMap((one) => (one.outcome === "pending" ? [one] : []));
  if (pending.length > 0) {
    const ends = pending.flatMap((one) => one.until ?? []);
    const ifLeft = [...new Set(pending.flatMap((one) => one.ifLeft ?? []))].join(" ");
    return {
      outcome: "pending",
      retryAfterMilliseconds: Math.min(...pending.map(({ retryAfterMilliseconds }) => retryAfterMilliseconds)),
      detail: pending.map(({ detail }) => detail).join("; "),
      ...(ifLeft ? { ifLeft } : {}),
      ...(ends.length > 0 ? { until: Math.min(...ends) } : {}),
    };
  }
  const details = outcomes.flatMap((one) => (one.outcome === "done" ? (one.detail ?? []) : []));
  return details.length > 0 ? { outcome: "done", detail: details.join("; ") } : { outcome: "done" };
}
