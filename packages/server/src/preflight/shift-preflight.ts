import type { TargetResolution } from "@sluice/engine/observation.ts";
import { describeStrategy } from "@sluice/engine/preflight-words.ts";
import { rehearseShift, type ShiftRehearsal } from "@sluice/engine/rehearse-shift.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";
import type { ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import type { Store } from "../store/open-store.ts";
import { configurationWarnings, type RolledBackNote, rolledBackWarning } from "./plan-warnings.ts";
import { resolveShift } from "./resolve-shift.ts";
import { type IntendedRollout, notPrepared } from "./rollout-facts.ts";
import type { PreflightParts } from "./run-preflight.ts";
import { shiftChecks } from "./shift-checks.ts";
import { shiftSteps } from "./shift-steps.ts";

type ShiftState = DeploymentState & { readonly strategy: ShiftStrategy };

/** How a shift would go, touching nothing: the same facts and the same planner as its start, played forward. */
export async function shiftPreflight(
  parts: Pick<PreflightParts, "shiftPorts" | "alarmReader"> & { readonly store: Store; readonly now: number },
  rollout: Pick<IntendedRollout, "deploymentGroupId" | "alarms" | "request" | "revision">,
  created: ShiftState,
  rolledBack: RolledBackNote | null,
  signal: AbortSignal,
): Promise<PlanDeploymentOutput> {
  const { strategy, alarms } = created;
  let resolution: TargetResolution;
  try {
    const { deploymentGroupId } = rollout;
    resolution = await resolveShift(parts, { strategy, alarms, deploymentGroupId }, signal);
  } catch (error) {
    signal.throwIfAborted();
    resolution = notPrepared(error);
  }
  const rehearsal = rehearseShift(created, resolution, parts.now);
  const obstacle = obstacleOf(rehearsal);
  return {
    canStart: obstacle === null,
    obstacles: obstacle ? [obstacle] : [],
    warnings: [
      ...(resolution.outcome === "failed" ? [] : (resolution.warnings ?? [])),
      ...configurationWarnings(rollout, "hooks"),
      ...(rolledBack ? [rolledBackWarning(rolledBack)] : []),
    ],
    strategy: describeStrategy(settled(strategy, resolution)),
    arithmetic: [],
    checks: shiftChecks(strategy, alarms, resolution, obstacle),
    hosts: [],
    steps: obstacle ? [] : shiftSteps(rehearsal),
    ...(obstacle ? {} : { end: { status: rehearsal.end.status } }),
  };
}

/** As its start takes it, where that has to look at the alias first. */
function settled(strategy: ShiftStrategy, resolution: TargetResolution): ShiftStrategy {
  if (strategy.type !== "lambda-shift" || resolution.outcome !== "lambda-alias") return strategy;
  return { ...strategy, currentVersion: strategy.currentVersion ?? resolution.facts.routing?.version ?? null };
}

/** Played forward, a shift ends badly only where it does not start: whoever is asked does it, and hooks say yes. */
function obstacleOf({ end: { status, error, deploymentId } }: ShiftRehearsal) {
  if (status === "Succeeded") return null;
  return error ?? { code: "INTERNAL_ERROR", message: `The plan of ${deploymentId} ends as ${status}.` };
}
