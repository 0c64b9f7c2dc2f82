import type { EffectReport } from "../../effect-report.ts";
import type { Effect } from "../../event.ts";
import { hostTargets } from "../../host-targets.ts";
import type { Observation } from "../../observation.ts";
import type { DeploymentState, HostTarget, InstanceLabel } from "../../state.ts";
import { trafficEffectKey } from "../../traffic-effects.ts";

/** The keys of what load balancers are asked for hosts now. */
export function trafficKeys(state: DeploymentState): readonly string[] {
  return hostTargets(state).flatMap((target) => trafficKeyOf(state.deploymentId, target) ?? []);
}

/** What the load balancers say of what they are at with a host. */
export function trafficReport(
  { deploymentId }: DeploymentState,
  target: HostTarget,
  { reports }: Observation,
): EffectReport | undefined {
  const key = trafficKeyOf(deploymentId, target);
  return key === undefined ? undefined : reports.get(key);
}

function trafficKeyOf(deploymentId: string, { targetId, command }: HostTarget): string | undefined {
  if (command?.by !== "balancer") return undefined;
  return trafficEffectKey(deploymentId, targetId, command.event, command.attempt);
}

/** Nothing is installed before the replacements are out of their load balancer. */
export function withholding(state: DeploymentState): Extract<Effect, { kind: "withholdReplacements" }> {
  const key = `${state.deploymentId}/-/withholdReplacements/1`;
  return { kind: "withholdReplacements", key, targetIds: idsOf(state, "Green") };
}

export function termination(state: DeploymentState): Extract<Effect, { kind: "terminateOriginals" }> {
  const key = `${state.deploymentId}/-/terminateOriginals/1`;
  return { kind: "terminateOriginals", key, targetIds: idsOf(state, "Blue") };
}

function idsOf(state: DeploymentState, label: InstanceLabel): readonly string[] {
  return hostTargets(state)
    .filter((target) => target.label === label)
    .map(({ targetId }) => targetId);
}
