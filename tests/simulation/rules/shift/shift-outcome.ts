import { isForward, type ShiftRule } from "../../shift/watched-shifts.ts";
import { groupOf, type Watched } from "../../watched.ts";
import { faultOfReason } from "../reasons.ts";

/** What can be wrong with a service, a function or a balancer before anything is touched. */
const NOT_TO_BE_STARTED: readonly (string | null)[] = [
  "INVALID_ECS_SERVICE",
  "ELASTIC_LOAD_BALANCING_INVALID",
  "INVALID_LAMBDA_CONFIGURATION",
  "INVALID_LAMBDA_FUNCTION",
];

export const OUTCOME: ShiftRule = {
  name: "an outcome is what happened, with its reason",
  watch: (parts, violated) => ({
    deploymentEnded(watched) {
      const { id, row, targets } = watched;
      const fault = faultOfReason(parts, watched);
      if (fault === null) return;
      if (fault !== undefined) return violated(id, fault);
      const says = `is ${row.status} (${row.error_code}: ${row.error_message})`;
      if (targets.size === 0 && NOT_TO_BE_STARTED.includes(row.error_code)) {
        if (isForward(watched) && parts.canStart(watched)) violated(id, `${says}, and all was in order`);
        return;
      }
      switch (row.error_code) {
        case "HOOK_EXECUTION_FAILURE": {
          const { hooks } = groupOf(parts, watched).scenario;
          const failed = failedEvents(watched);
          if (row.status !== "Failed" || !failed.every((name) => hooks.includes(name))) {
            violated(id, `${says}, and ${failed.join()} failed`);
          }
          return;
        }
        case "TIMEOUT":
        case "ECS_UPDATE_ERROR":
        case "ELASTIC_LOAD_BALANCING_INVALID":
        case "INVALID_LAMBDA_CONFIGURATION":
        case "INTERNAL_ERROR":
          if (parts.isCalm && !isReadyWaitOver(watched)) violated(id, `${says} although nothing was wrong`);
          return;
        default:
          violated(id, says);
      }
    },
  }),
};

function failedEvents({ targets }: Watched) {
  return [...targets.values()].flatMap(({ lifecycleEvents }) =>
    lifecycleEvents.filter(({ status }) => status === "Failed").map(({ name }) => name),
  );
}

/** Nobody gave leave in time. */
function isReadyWaitOver({ row, head: { strategy } }: Watched): boolean {
  return row.status === "Stopped" && strategy.type === "ecs-blue-green" && strategy.readyWaitMilliseconds !== null;
}
