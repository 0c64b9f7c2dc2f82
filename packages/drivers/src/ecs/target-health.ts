import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";

/** Why targets do not get traffic, each reason once, in the balancer's words. Empty: all of those that are known do. */
export function unhealthyWords(targets: readonly TargetHealthDescription[]): string {
  const unhealthy = targets.filter(({ TargetHealth }) => TargetHealth?.State === "unhealthy");
  const reasons = new Set(
    unhealthy.map(({ TargetHealth }) => TargetHealth?.Description ?? TargetHealth?.Reason ?? "no reason given"),
  );
  if (reasons.size === 0) return "";
  return `${unhealthy.length} of ${targets.length} targets unhealthy: ${[...reasons].join("; ")}`;
}
