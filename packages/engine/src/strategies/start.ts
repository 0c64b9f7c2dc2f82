import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../draft.ts";
import type { HostPlan, TargetPlan } from "../event.ts";
import { MAX_TARGETS } from "../limits.ts";
import {
  fleetsOverlapError,
  minimumUnreachableError,
  noInstancesError,
  noOriginalsError,
  noReplacementsError,
  stopError,
  tooManyInstancesError,
  zoneMinimumUnreachableError,
} from "../messages.ts";
import type { TargetCandidate, TargetResolution } from "../observation.ts";
import type { PlannedEvent } from "../planned-event.ts";
import type { DeploymentError, HealthRule, InstanceLabel, Stage } from "../state.ts";
import { admissionOrder } from "./hosts/admission.ts";
import { ALLOW_PLAN, ALLOW_WITH_LEAVE_PLAN, BLOCK_PLAN, DEPLOY_PLAN } from "./hosts/host-events.ts";
import { minimumHealthyHosts } from "./hosts/minimum-healthy-hosts.ts";
import { zoneMinimum } from "./hosts/zones.ts";
import { isShift, shiftRolloutOf } from "./shift/shift-rollouts.ts";

type Found = Exclude<TargetResolution, { readonly outcome: "failed" }>;

/** What keeps a deployment from starting, or what it starts with. */
type Start =
  | { readonly error: DeploymentError }
  | { readonly minimum: number; readonly targets: readonly TargetPlan[]; readonly firstStage: Stage };

/** From Created to InProgress, or straight to the end when the deployment cannot start. `resolution` is absent only when stopped. */
export function startDeployment(draft: Draft, resolution: TargetResolution | undefined): void {
  const { state } = draft;
  if (state.stopRequestedAt !== null || !resolution) {
    draft.decide({ type: "deploymentStopped", error: stopError(state, null) });
    return;
  }
  if (resolution.outcome === "failed") {
    const type = resolution.status === "Stopped" ? "deploymentStopped" : "deploymentFailed";
    draft.decide({ type, error: resolution.error });
    return;
  }
  const start = startOf(draft, resolution);
  if ("error" in start) {
    draft.decide({ type: "deploymentFailed", error: start.error });
    return;
  }
  const { obstacle, warnings = [], bundle } = resolution;
  for (const message of warnings) draft.decide({ type: "statusMessageAdded", message });
  if (obstacle) {
    const { status, error } = obstacle;
    draft.decide({ type: status === "Stopped" ? "deploymentStopped" : "deploymentFailed", error });
    return;
  }
  const { minimum: minimumHealthyHosts, targets } = start;
  draft.decide({ type: "deploymentStarted", minimumHealthyHosts, targets, ...(bundle ? { bundle } : {}) });
  if (start.firstStage !== state.stage) draft.decide({ type: "stageEntered", stage: start.firstStage });
}

function startOf({ state }: Draft, resolution: Found): Start {
  const { strategy } = state;
  if (isShift(strategy)) {
    const start = shiftRolloutOf(strategy).start(state, resolution);
    return "error" in start ? start : { minimum: 0, targets: [start.target], firstStage: "deploy" };
  }
  invariant(resolution.outcome === "resolved", "hosts are deployed to as hosts");
  const { candidates, replacements = [] } = resolution;
  const count = candidates.length + replacements.length;
  if (count > MAX_TARGETS) return { error: tooManyInstancesError(count, MAX_TARGETS) };
  switch (strategy.type) {
    case "in-place": {
      if (candidates.length === 0) return { error: noInstancesError(state, resolution.upToDate ?? 0) };
      const minimum = minimumHealthyHosts(state.healthRule, candidates.length);
      if (minimum >= candidates.length) return { error: minimumUnreachableError(state, candidates.length, minimum) };
      const narrowZone = strategy.zones && findNarrowZone(strategy.zones.minimumPerZone, candidates);
      if (narrowZone) return { error: zoneMinimumUnreachableError(narrowZone) };
      const events = strategy.hasTrafficControl ? [...BLOCK_PLAN, ...DEPLOY_PLAN, ...ALLOW_PLAN] : DEPLOY_PLAN;
      return { minimum, targets: plansOf(candidates, null, events), firstStage: "deploy" };
    }
    case "blue-green": {
      if (candidates.length === 0) return { error: noOriginalsError(state) };
      if (replacements.length === 0) return { error: noReplacementsError(state) };
      const originals = new Set(candidates.map(({ targetId }) => targetId));
      const shared = replacements.filter(({ targetId }) => originals.has(targetId));
      if (shared.length > 0) return { error: fleetsOverlapError(shared) };
      const minimum = minimumHealthyHosts(state.healthRule, replacements.length);
      if (minimum >= replacements.length)
        return { error: minimumUnreachableError(state, replacements.length, minimum) };
      const targets = [
        ...plansOf(replacements, "Green", [...DEPLOY_PLAN, ...ALLOW_WITH_LEAVE_PLAN]),
        ...plansOf(candidates, "Blue", BLOCK_PLAN),
      ];
      return { minimum, targets, firstStage: "withhold" };
    }
    case "blue-green-rollback":
      if (count === 0) return { error: noOriginalsError(state) };
      return {
        minimum: 0,
        targets: [...plansOf(candidates, "Blue", ALLOW_PLAN), ...plansOf(replacements, "Green", BLOCK_PLAN)],
        firstStage: "allow",
      };
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function plansOf(
  candidates: readonly TargetCandidate[],
  label: InstanceLabel | null,
  lifecycleEvents: readonly PlannedEvent[],
): HostPlan[] {
  return admissionOrder(candidates).map((candidate) => ({ ...candidate, type: "host", label, lifecycleEvents }));
}

export interface NarrowZone {
  readonly zone: string | null;
  readonly hosts: number;
  readonly minimum: number;
}

/** A zone in which the minimum lets no host be taken out. */
function findNarrowZone(rule: HealthRule | null, candidates: readonly TargetCandidate[]): NarrowZone | undefined {
  for (const [zone, members] of Map.groupBy(candidates, (candidate) => candidate.zone)) {
    const minimum = zoneMinimum(rule, members.length);
    if (minimum >= members.length) return { zone, hosts: members.length, minimum };
  }
  return undefined;
}
