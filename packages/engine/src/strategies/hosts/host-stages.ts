import { invariant } from "@sluice/model/invariant.ts";
import { startTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import { hostTargets } from "../../host-targets.ts";
import { healthError, hostsNotReported, hostsSkipped, stopError, tooFewHealthyError } from "../../messages.ts";
import type { Observation } from "../../observation.ts";
import { type DeploymentState, type HostTarget, isTerminal } from "../../state.ts";
import { haltOnAlarm, haltWhenOverdue, haltWhenStopped, isPastReturn } from "../halting.ts";
import { isHealthSpent } from "./admission.ts";
import { advanceTargets, endsHostsUnderWay, settleCommands, windDown } from "./hosts-at-work.ts";
import { sortIntoBuckets, type TargetBuckets } from "./target-buckets.ts";

/** The stage that a deployment is in, as its strategy sees it. */
export interface StageView {
  /** The hosts that take part in the stage, by where they stand in it. */
  readonly buckets: TargetBuckets;
  /** How many of them must not have failed. */
  readonly minimum: number;
  /** Whether the stage ends early when its hosts' health is spent; otherwise all of them have their turn. */
  readonly endsWhenSpent: boolean;
  /** The waiting hosts that may start now, in order. */
  readonly admissible: readonly HostTarget[];
}

/** What one strategy adds to what all have in common. */
export interface Rollout {
  readonly timeoutMilliseconds: number;
  view(state: DeploymentState): StageView;
  /** Called at each round, before hosts are admitted: for waits, and for halts of the strategy's own. */
  prepare?(draft: Draft): void;
  /** Called when no host of the stage waits or is at work: enter the next stage, begin a wait, or end the deployment. */
  proceed(draft: Draft, view: StageView, observation: Observation): void;
  /** How the strategy leaves a deployment that was halted, in words; empty: nothing to say. */
  describeHalt?(state: DeploymentState): readonly string[];
}

/** One round of decisions may make room for the next (a dark host fails as soon as it is admitted), so it repeats until still. */
export function planRollout(draft: Draft, observation: Observation, rollout: Rollout): void {
  let decided: number;
  do {
    decided = draft.events.length;
    if (!isPastReturn(draft.state)) {
      haltWhenStopped(draft);
      haltOnAlarm(draft, observation);
      haltWhenOverdue(draft, rollout.timeoutMilliseconds, observation);
    }
    settleCommands(draft, observation);
    if (!endsHostsUnderWay(draft.state)) advanceTargets(draft);
    if (draft.state.halt === null) haltWhenSpent(draft, rollout.view(draft.state));
    if (draft.state.halt === null) rollout.prepare?.(draft);
    if (draft.state.halt === null) admit(draft, rollout.view(draft.state));
    if (draft.state.halt !== null) windDown(draft, observation);
    if (draft.state.halt !== null) endWhenNobodyIsAtWork(draft, rollout);
    else if (isStill(rollout.view(draft.state))) rollout.proceed(draft, rollout.view(draft.state), observation);
  } while (draft.events.length > decided && !isTerminal(draft.state.status));
}

function haltWhenSpent(draft: Draft, { buckets, minimum, endsWhenSpent }: StageView): void {
  if (!endsWhenSpent || !isHealthSpent(buckets, minimum)) return;
  draft.decide({ type: "admissionHalted", halt: "health", error: healthError(buckets, minimum) });
}

/** Where nobody is at work and none of those who wait may start, nothing would ever change: that is an end, not a wait. */
function admit(draft: Draft, { buckets, minimum, admissible }: StageView): void {
  const isStuck = buckets.waiting.length > 0 && buckets.running.length === 0 && admissible.length === 0;
  if (isStuck && draft.state.wait === null) {
    draft.decide({ type: "admissionHalted", halt: "health", error: tooFewHealthyError(buckets, minimum) });
    return;
  }
  for (const target of admissible) draft.decide(startTarget(target));
}

function isStill({ buckets }: StageView): boolean {
  return buckets.waiting.length === 0 && buckets.running.length === 0;
}

function endWhenNobodyIsAtWork(draft: Draft, rollout: Rollout): void {
  const { state } = draft;
  const { waiting, running } = sortIntoBuckets(hostTargets(state));
  if (waiting.length > 0 || running.length > 0) return;
  const left = [...hostsNotReported(state), ...(rollout.describeHalt?.(state) ?? []), ...hostsSkipped(state)];
  for (const message of left) draft.decide({ type: "statusMessageAdded", message });
  if (state.halt === "stop" || state.halt === "alarm") {
    draft.decide({ type: "deploymentStopped", error: stopError(state, state.error) });
    return;
  }
  invariant(state.error, "a halted deployment has its reason");
  draft.decide({ type: "deploymentFailed", error: state.error });
}
