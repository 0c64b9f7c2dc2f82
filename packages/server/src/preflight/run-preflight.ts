import { nameHosts } from "@sluice/engine/messages.ts";
import type { HostLiveness, TargetResolution } from "@sluice/engine/observation.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { type Rehearsal, rehearse, startObstacle } from "@sluice/engine/preflight.ts";
import { describeArithmetic, describeStrategy } from "@sluice/engine/preflight-words.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";
import type { PlanDeploymentOutput, PlannedHost, PlanObstacle } from "@sluice/wire/sluice/sluice-api.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { bundleChecks } from "./bundle-checks.ts";
import { configurationWarnings, type RolledBackNote, rolledBackWarning } from "./plan-warnings.ts";
import { plannedChecks, plannedHosts, plannedSteps } from "./plan-words.ts";
import {
  type GatheringParts,
  gatherFacts,
  type IntendedRollout,
  notPrepared,
  type RolloutFacts,
  resolutionOf,
} from "./rollout-facts.ts";
import { unfinishable } from "./unfinishable.ts";

/** Whom a plan asks: those whom a deployment asks before it starts. */
export interface PreflightParts extends Omit<GatheringParts, "store" | "revisions"> {
  readonly revisions: Pick<RevisionSource, "inspect" | "read">;
  readonly hosts: HostObserver;
  /** Who serves ECS and Lambda. */
  readonly shiftPorts: ShiftPorts;
}

/** Says how a deployment would go, touching nothing: the same facts and the same planner as its start, played forward. */
export async function preflight(
  parts: PreflightParts & Pick<GatheringParts, "store"> & { readonly now: number },
  rollout: IntendedRollout,
  created: DeploymentState,
  rolledBack: RolledBackNote | null,
  signal: AbortSignal,
): Promise<PlanDeploymentOutput> {
  const { strategy, alarms } = created;
  let facts: RolloutFacts;
  try {
    facts = await gatherFacts(parts, rollout, signal);
  } catch (error) {
    signal.throwIfAborted();
    return refused([notPrepared(error).error], describeStrategy(strategy));
  }
  const ids = [...facts.candidates, ...(facts.replacements ?? [])].map(({ targetId }) => targetId);
  const liveness = await parts.hosts.observe(parts.store, ids);
  const resolution = resolve(rollout, facts, created, liveness, parts.now);
  const rehearsal = rehearse(created, resolution, liveness, parts.now);
  const obstacle = startObstacle(rehearsal);
  const hosts = plannedHosts(facts, liveness, parts.now);
  const bundle = await bundleChecks(parts.revisions, rollout, facts.bundle, signal);
  return {
    canStart: obstacle === null,
    obstacles: obstacle ? [obstacle] : [],
    warnings: [
      ...(resolution.outcome === "resolved" ? (resolution.warnings ?? []) : []),
      ...hosts.flatMap(({ problem }) => problem ?? []),
      ...fleetWarnings(facts),
      ...servingWarnings(hosts),
      ...bundle.warnings,
      ...configurationWarnings(rollout),
      ...endWarnings(rehearsal, obstacle !== null),
      ...(rolledBack ? [rolledBackWarning(rolledBack)] : []),
    ],
    strategy: describeStrategy(strategy),
    arithmetic: describeArithmetic(strategy, facts.candidates, facts.replacements ?? []),
    checks: [...plannedChecks({ strategy, alarms }, facts, hosts), ...bundle.checks],
    hosts,
    steps: obstacle ? [] : plannedSteps(rehearsal.steps, hosts, strategy),
    ...(obstacle || bundle.failsOnHosts ? {} : { end: endOf(rehearsal) }),
  };
}

/** What is said where nothing could be found out, since the deployment would not even be created. */
export function refused(obstacles: readonly PlanObstacle[], strategy = ""): PlanDeploymentOutput {
  return { canStart: false, obstacles, warnings: [], strategy, arithmetic: [], checks: [], hosts: [], steps: [] };
}

/** As the start resolves it, but what cannot be read is not tried again. */
function resolve(
  rollout: IntendedRollout,
  facts: RolloutFacts,
  created: DeploymentState,
  liveness: ReadonlyMap<string, HostLiveness>,
  now: number,
): TargetResolution {
  let resolution: TargetResolution;
  try {
    resolution = resolutionOf(rollout, facts);
  } catch (error) {
    return notPrepared(error);
  }
  const obstacle = unfinishable(created, resolution, liveness, now);
  return obstacle && resolution.outcome === "resolved" ? { ...resolution, obstacle } : resolution;
}

function fleetWarnings({ candidates, replacements }: RolloutFacts): string[] {
  if (!replacements || replacements.length === 0 || replacements.length >= candidates.length) return [];
  return [
    `The replacement fleet has ${replacements.length} hosts and the original one ${candidates.length}: fewer hosts will carry the same traffic.`,
  ];
}

/** Mostly the fleets are named the wrong way round: the last deployment moved the traffic to these hosts. */
function servingWarnings(hosts: readonly PlannedHost[]): string[] {
  const serving = hosts.filter(({ traffic }) => traffic.some(({ state }) => state === "serving"));
  const replacements = serving.filter(({ fleet }) => fleet === "replacement");
  if (replacements.length === 0) return [];
  const names = nameHosts(replacements);
  const verb = replacements.length === 1 ? "serves" : "serve";
  return serving.length > replacements.length
    ? [
        `${names} ${verb} the group's traffic now. The deployment takes its replacement hosts out of the load balancer before it deploys to them. If the group needs them, name others in targetInstances.`,
      ]
    : [
        `${names} ${verb} the group's traffic now, and no original host does. The deployment takes its replacement hosts out of the load balancer before it deploys to them, and until they are back no host serves. Name other hosts in targetInstances.`,
      ];
}

function endWarnings({ end }: Rehearsal, hasObstacle: boolean): string[] {
  if (hasObstacle || end.status === "Succeeded") return end.status === "Succeeded" ? [...end.statusMessages] : [];
  return [
    `As its hosts are now, the deployment would begin, and end as ${end.status}: ${end.error?.message ?? "for no known reason"}`,
  ];
}

function endOf({ end }: Rehearsal) {
  return { status: end.status, code: end.error?.code, message: end.error?.message };
}
