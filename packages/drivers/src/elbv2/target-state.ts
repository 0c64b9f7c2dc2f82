import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { HostTraffic } from "@sluice/engine/ports/traffic-router.ts";

/**
 * What a target's health means for a host: the balancer's states and reason codes sorted by what can be done about them.
 * `settling`: registered, and the balancer has not made up its mind. `unserved`: registered, and waiting alone changes nothing.
 */
export type TargetState = "serving" | "draining" | "absent" | "settling" | "unhealthy" | "unserved";

/** Reason codes under which a registered target gets no health check until somebody changes something. */
const UNSERVED_REASONS = new Set([
  "Target.NotInUse",
  "Target.InvalidState",
  "Target.IpUnusable",
  "Target.HealthCheckDisabled",
]);

export function targetStateOf(health: TargetHealth | undefined): TargetState {
  // Said with the state `unused`, and by some stand-ins with `unavailable`.
  if (health === undefined || health.Reason === "Target.NotRegistered") return "absent";
  if (health.Reason !== undefined && UNSERVED_REASONS.has(health.Reason)) return "unserved";
  switch (health.State) {
    case "healthy":
      return "serving";
    case "draining":
      return "draining";
    case "unhealthy":
    // Still registered, however it reads: a network balancer lets its connections end.
    case "unhealthy.draining":
      return "unhealthy";
    case "unused":
      return "unserved";
    default:
      return "settling";
  }
}

/** `unhealthy, Target.ResponseCodeMismatch: Health checks failed with these codes: [502]`. */
export function describeHealth(health: TargetHealth | undefined): string {
  if (health === undefined) return "the load balancer reported no health for it";
  const reason = [health.Reason, health.Description].filter(Boolean).join(": ");
  return [health.State, reason].filter(Boolean).join(", ");
}

export function hostTrafficState(state: TargetState): HostTraffic["state"] {
  switch (state) {
    case "serving":
    case "draining":
    case "unhealthy":
      return state;
    case "absent":
      return "blocked";
    case "settling":
    case "unserved":
      return "unhealthy";
    default: {
      const never: never = state;
      return never;
    }
  }
}
