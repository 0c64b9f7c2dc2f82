import type { TargetGroup } from "../store/elb/target-groups.ts";

/** As AWS has it where nothing was set. */
const USUAL_DEREGISTRATION_DELAY_SECONDS = 300;

/** How long a target that is deregistered may go on with what it has. */
export function deregistrationDelaySeconds({ attributes }: Pick<TargetGroup, "attributes">): number {
  return Number(attributes["deregistration_delay.timeout_seconds"] ?? USUAL_DEREGISTRATION_DELAY_SECONDS);
}

/** Of target groups of functions: whether headers and query parameters come in lists, so that none is lost. */
export const MULTI_VALUE_HEADERS = "lambda.multi_value_headers.enabled";
