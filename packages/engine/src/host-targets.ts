import type { DeploymentState, HostTarget, TargetState } from "./state.ts";

export function isHost(target: TargetState): target is HostTarget {
  return target.type === "host";
}

/** The hosts of a deployment, in admission order; none before they are known. Other strategies than those of hosts have none. */
export function hostTargets({ targets }: Pick<DeploymentState, "targets">): readonly HostTarget[] {
  return (targets ?? []).filter(isHost);
}
