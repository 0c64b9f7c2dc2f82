import type { EffectReport } from "../../effect-report.ts";
import type { Effect } from "../../event.ts";
import { hostTargets } from "../../host-targets.ts";
import type { Observation } from "../../observation.ts";
import type { DeploymentState, HostTarget, InstanceLabel } from "../../state.ts";
import { trafficEffectKey } from "../../traffic-effects.ts";
import { isPastReturn } from "../halting.ts";

/** What is wanted of the outside for a stage as a whole. The same at every plan, until its report has come. */
export function stageEffects(state: DeploymentState): readonly Effect[] {
  const { deploymentId, status, stage, halt } = state;
  if (status !== "InProgress") return [];
  if (stage === "withhold" && halt === null) {
    const targetIds = idsOf(state, "Green");
    return [{ kind: "withholdReplacements", key: withholdEffectKey(deploymentId), targetIds }];
  }
  if (!isPastReturn(state)) return [];
  return [{ kind: "terminateOriginals", key: terminateEffectKey(deploymentId), targetIds: idsOf(state, "Blue") }];
}

/** The effects whose reports bear on what the deployment does next. */
export function watchedHostEffects(state: DeploymentState): readonly string[] {
  const { deploymentId, stage } = state;
  const keys = hostTargets(state).flatMap((target) => trafficKeyOf(deploymentId, target) ?? []);
  if (stage === "withhold") keys.push(withholdEffectKey(deploymentId));
  if (stage === "terminate") keys.push(terminateEffectKey(deploymentId));
  return keys;
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

export function withholdEffectKey(deploymentId: string): string {
  return `${deploymentId}/-/withholdReplacements/1`;
}

export function terminateEffectKey(deploymentId: string): string {
  return `${deploymentId}/-/terminateOriginals/1`;
}

function idsOf(state: DeploymentState, label: InstanceLabel): readonly string[] {
  return hostTargets(state)
    .filter((target) => target.label === label)
    .map(({ targetId }) => targetId);
}
