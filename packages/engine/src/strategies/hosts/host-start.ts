import type { HostPlan } from "../../event.ts";
import {
  fleetsOverlapError,
  minimumUnreachableError,
  noInstancesError,
  noOriginalsError,
  noReplacementsError,
  zoneMinimumUnreachableError,
} from "../../messages.ts";
import type { HostResolution, TargetCandidate } from "../../observation.ts";
import type { PlannedEvent } from "../../planned-event.ts";
import type { DeploymentState, HealthRule, InstanceLabel, Strategy } from "../../state.ts";
import type { Start } from "../rollout.ts";
import { admissionOrder } from "./admission.ts";
import {
  ALLOW_PLAN,
  ALLOW_WITH_LEAVE_PLAN,
  BLOCK_PLAN,
  COPY_ARCHIVE_PLAN,
  DEPLOY_PLAN,
  RESTART_PLAN,
} from "./host-events.ts";
import { hostRulesOf } from "./host-rules.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";
import { zoneMinimum } from "./zones.ts";

type InPlace = Extract<Strategy, { type: "in-place" }>;

export function startInPlace(
  state: DeploymentState,
  { hasTrafficControl, zones, restarts }: InPlace,
  { candidates, upToDate = 0 }: HostResolution,
): Start {
  if (candidates.length === 0) return { error: noInstancesError(state, upToDate) };
  const { healthRule } = hostRulesOf(state);
  const minimum = minimumHealthyHosts(healthRule, candidates.length);
  if (minimum >= candidates.length) return { error: minimumUnreachableError(healthRule, candidates.length, minimum) };
  const narrowZone = zones && findNarrowZone(zones.minimumPerZone, candidates);
  if (narrowZone) return { error: zoneMinimumUnreachableError(narrowZone) };
  const around = (events: readonly PlannedEvent[]) =>
    hasTrafficControl ? [...BLOCK_PLAN, ...events, ...ALLOW_PLAN] : events;
  return {
    minimumHealthyHosts: minimum,
    targets: restarts
      ? plansOf(candidates, null, (candidate) => restartEvents(candidate, around(RESTART_PLAN)))
      : plansOf(candidates, null, () => around(DEPLOY_PLAN)),
    firstStage: "deploy",
  };
}

function restartEvents({ restart }: TargetCandidate, events: readonly PlannedEvent[]): readonly PlannedEvent[] {
  const copies = restart && "copiesArchive" in restart && restart.copiesArchive;
  return copies ? [...COPY_ARCHIVE_PLAN, ...events] : events;
}

export function startBlueGreen(state: DeploymentState, { candidates, replacements = [] }: HostResolution): Start {
  if (candidates.length === 0) return { error: noOriginalsError(state) };
  if (replacements.length === 0) return { error: noReplacementsError(state) };
  const originals = new Set(candidates.map(({ targetId }) => targetId));
  const shared = replacements.filter(({ targetId }) => originals.has(targetId));
  if (shared.length > 0) return { error: fleetsOverlapError(shared) };
  const { healthRule } = hostRulesOf(state);
  const minimum = minimumHealthyHosts(healthRule, replacements.length);
  if (minimum >= replacements.length)
    return { error: minimumUnreachableError(healthRule, replacements.length, minimum) };
  const targets = [
    ...plansOf(replacements, "Green", () => [...DEPLOY_PLAN, ...ALLOW_WITH_LEAVE_PLAN]),
    ...plansOf(candidates, "Blue", () => BLOCK_PLAN),
  ];
  return { minimumHealthyHosts: minimum, targets, firstStage: "withhold" };
}

export function startBlueGreenRollback(
  state: DeploymentState,
  { candidates, replacements = [] }: HostResolution,
): Start {
  if (candidates.length + replacements.length === 0) return { error: noOriginalsError(state) };
  const targets = [
    ...plansOf(candidates, "Blue", () => ALLOW_PLAN),
    ...plansOf(replacements, "Green", () => BLOCK_PLAN),
  ];
  return { minimumHealthyHosts: 0, targets, firstStage: "allow" };
}

function plansOf(
  candidates: readonly TargetCandidate[],
  label: InstanceLabel | null,
  eventsOf: (candidate: TargetCandidate) => readonly PlannedEvent[],
): HostPlan[] {
  return admissionOrder(candidates).map((candidate) => ({
    ...candidate,
    type: "host",
    label,
    lifecycleEvents: eventsOf(candidate),
  }));
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
