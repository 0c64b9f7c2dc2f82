import type { IntendedRollout } from "./rollout-facts.ts";

/** Since when a group is rolled back and not put right, and by which deployment. */
export interface RolledBackNote {
  readonly deploymentId: string;
  readonly reason: string;
}

/** What is switched off that would help. @param what of the deployment's own can fail it */
export function configurationWarnings(
  { alarms, request }: Pick<IntendedRollout, "alarms" | "request">,
  what: "scripts" | "hooks" = "scripts",
): string[] {
  const { enabled, events = [] } = request.autoRollbackConfiguration ?? {};
  const warnings: string[] = [];
  if (alarms === null) {
    warnings.push(`No alarm is watched: nothing but its own ${what} can stop the deployment. Set alarmConfiguration.`);
  }
  if (!enabled || events.length === 0) {
    warnings.push("Automatic rollback is off: a failed deployment stays as it ended. Set autoRollbackConfiguration.");
  }
  return warnings;
}

export function rolledBackWarning({ deploymentId, reason }: RolledBackNote): string {
  return `The group was rolled back, and no deployment succeeded since: ${deploymentId} ended as ${reason}. See sluice ack.`;
}
