import type { DeploymentState, HostTarget, InstanceLabel, TargetStatus } from "@sluice/engine/state.ts";
import type { ShiftTarget } from "@sluice/engine/strategies/shift/phase.ts";

export interface StoryFacts {
  /** With its targets, as far as they are known. */
  readonly state: DeploymentState;
  readonly applicationName: string;
  /** As people name it. */
  readonly revision: string;
  /** Nothing is installed: what is there is stopped and started. */
  readonly isRestart?: boolean | undefined;
  readonly rollbackOf?: string | undefined;
  readonly rolledBackBy?: string | undefined;
}

const PARTS: readonly (readonly [readonly TargetStatus[], string])[] = [
  [["Succeeded", "Ready"], "done"],
  [["InProgress"], "at work"],
  [["Pending"], "waiting"],
  [["Failed", "Unknown"], "failed"],
  [["Skipped"], "skipped"],
];

/** `12 done, 3 at work, 185 waiting, 1 failed`. */
export function progress(hosts: readonly HostTarget[]): string {
  return PARTS.map(([statuses, word]) => [count(hosts, statuses), word] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(", ");
}

export function placeOf({ applicationName, state }: Pick<StoryFacts, "applicationName" | "state">): string {
  return `${applicationName}/${state.deploymentGroupName}`;
}

/** What is done, after "the". */
export function taskOf(facts: StoryFacts): string {
  const { revision, isRestart } = facts;
  return isRestart ? `restart of ${revision} in ${placeOf(facts)}` : `deployment of ${revision} to ${placeOf(facts)}`;
}

/** What a shift is about. */
export function subjectOf(
  target: ShiftTarget | undefined,
  facts: Pick<StoryFacts, "applicationName" | "state">,
): string {
  switch (target?.type) {
    case "ecs-service":
      return `the service ${target.serviceName} of ${placeOf(facts)}`;
    case "lambda-alias":
      return `the alias ${target.aliasName} of ${target.functionName} in ${placeOf(facts)}`;
    default:
      return placeOf(facts);
  }
}

export function labelled(hosts: readonly HostTarget[], label: InstanceLabel): readonly HostTarget[] {
  return hosts.filter((host) => host.label === label);
}

export function count(hosts: readonly HostTarget[], statuses: readonly TargetStatus[]): number {
  return hosts.filter(({ status }) => statuses.includes(status)).length;
}

export function countHosts(hosts: number): string {
  return hosts === 1 ? "1 host" : `${hosts} hosts`;
}

export function theHosts({ length }: readonly HostTarget[], kind: "original" | "replacement"): string {
  return length === 1 ? `the ${kind} host` : `the ${length} ${kind} hosts`;
}

/** The verb for one host, or for more. */
export function verb({ length }: readonly HostTarget[], one: string, more: string): string {
  return length === 1 ? one : more;
}
