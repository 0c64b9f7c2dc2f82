import type { TargetPlan } from "./event.ts";
import type { TargetState } from "./state.ts";

/** What people call a target. */
export function targetName(target: TargetState | TargetPlan): string {
  switch (target.type) {
    case "host":
      return target.hostName;
    case "ecs-service":
      return target.serviceName;
    case "lambda-alias":
      return target.functionName;
    default: {
      const never: never = target;
      return never;
    }
  }
}
