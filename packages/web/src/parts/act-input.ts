import type { ActOnDeploymentInput, DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";

/** The API takes the weight with these alone. */
const SHIFTS: ReadonlySet<string> = new Set(["next", "finish", "pause", "resume"]);

/** What a person decided by what was shown: where a shift has moved on by now, nothing is changed. */
export function actInput(
  described: Pick<DescribeDeploymentOutput, "deployment" | "shift">,
  action: string,
  reason: string,
): ActOnDeploymentInput {
  const { deployment, shift } = described;
  return {
    deploymentId: deployment.deploymentId,
    action,
    reason,
    ...(shift !== undefined && SHIFTS.has(action) && { percent: shift.percent }),
  };
}
