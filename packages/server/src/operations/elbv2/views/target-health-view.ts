import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetReading } from "../../../balancing/target-health.ts";

/** AWS's states and reason codes, with the balancer's own words behind AWS's. */
export function targetHealthView({ state, detail, sessions }: TargetReading): TargetHealth {
  switch (state) {
    case "healthy":
      return { State: "healthy" };
    case "unused":
      return {
        State: "unused",
        Reason: "Target.NotInUse",
        Description: "Target group is not configured to receive traffic from the load balancer",
      };
    case "initial": {
      const isChecked = sessions !== null;
      return {
        State: "initial",
        Reason: isChecked ? "Elb.InitialHealthChecking" : "Elb.RegistrationInProgress",
        Description: withDetail(
          isChecked ? "Initial health checks in progress" : "Target registration is in progress",
          detail,
        ),
      };
    }
    case "unhealthy":
      return unhealthy(detail);
    case "draining":
      return {
        State: "draining",
        Reason: "Target.DeregistrationInProgress",
        Description: withDetail("Target deregistration is in progress", sessionsLeft(sessions)),
      };
    case "unavailable":
      return {
        State: "unavailable",
        Reason: "Elb.InternalError",
        Description: withDetail("Load balancer experienced an internal error", detail),
      };
    default:
      return state satisfies never;
  }
}

/** What the check was answered says which kind of failure it is: a status, silence, or something else. */
function unhealthy(detail: string): TargetHealth {
  const [status] = /\b[1-5]\d\d\b/.exec(detail) ?? [];
  if (status !== undefined) {
    return {
      State: "unhealthy",
      Reason: "Target.ResponseCodeMismatch",
      Description: withDetail(`Health checks failed with these codes: [${status}]`, detail),
    };
  }
  if (/time(d )?-?out/i.test(detail)) {
    return { State: "unhealthy", Reason: "Target.Timeout", Description: withDetail("Request timed out", detail) };
  }
  return {
    State: "unhealthy",
    Reason: "Target.FailedHealthChecks",
    Description: withDetail("Health checks failed", detail),
  };
}

function sessionsLeft(sessions: number | null): string {
  return sessions === null || sessions === 0 ? "" : `${sessions} in flight`;
}

function withDetail(words: string, detail: string): string {
  return detail === "" ? words : `${words} (${detail})`;
}
