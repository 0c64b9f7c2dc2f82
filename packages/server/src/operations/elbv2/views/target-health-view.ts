import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { FunctionTrouble } from "../../../balancing/function-target.ts";
import type { TargetReading } from "../../../balancing/target-health.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";

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

/**
 * Of a function. One that is not checked has AWS's state for that, and gets traffic all the same; what keeps it from being invoked is
 * behind AWS's words.
 */
export function functionHealthView(
  reading: TargetReading,
  { isChecked }: Pick<TargetGroup, "isChecked">,
  trouble: FunctionTrouble | undefined,
): TargetHealth {
  const words = trouble
    ? `${trouble.words}${trouble.kind === "missing" ? ": aws elbv2 deregister-targets takes it out" : ""}`
    : "";
  if (reading.state === "unused" || reading.state === "draining") return targetHealthView(reading);
  if (!isChecked && reading.state !== "unavailable") {
    return {
      State: "unavailable",
      Reason: "Target.HealthCheckDisabled",
      Description: withDetail("Health checks are not enabled for this target", words),
    };
  }
  if (trouble) {
    return {
      State: "unhealthy",
      Reason: "Target.FailedHealthChecks",
      Description: withDetail("Health checks failed", words),
    };
  }
  return targetHealthView(reading);
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
