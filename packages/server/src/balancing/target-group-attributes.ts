import type { TargetGroup } from "../store/elb/target-groups.ts";

/** As AWS has them where nothing was set. */
const USUAL_DEREGISTRATION_DELAY_SECONDS = 300;
const USUAL_STICKINESS_SECONDS = 86_400;

type Attributed = Pick<TargetGroup, "attributes">;

/** How long a target that is deregistered may go on with what it has. */
export function deregistrationDelaySeconds({ attributes }: Attributed): number {
  return Number(attributes["deregistration_delay.timeout_seconds"] ?? USUAL_DEREGISTRATION_DELAY_SECONDS);
}

/** How long the same client gets the same target; null: it does not. */
export function stickinessSeconds({ attributes, protocol }: Attributed & Pick<TargetGroup, "protocol">): number | null {
  if (attributes["stickiness.enabled"] !== "true") return null;
  if (protocol === "TCP") return USUAL_STICKINESS_SECONDS;
  return Number(attributes["stickiness.lb_cookie.duration_seconds"] ?? USUAL_STICKINESS_SECONDS);
}
