import { invariant } from "@sluice/model/invariant.ts";
import { advanceTarget } from "../advance-target.ts";
import type { Draft } from "../draft.ts";
import { stopError } from "../messages.ts";
import type { Observation } from "../observation.ts";
import { type DeploymentState, isTerminal, isUnderWay, type TargetState } from "../state.ts";
import {
  alarmsUnreadableUntil,
  endsTargetsUnderWay,
  haltOnAlarm,
  haltWhenOverdue,
  haltWhenStopped,
  isPastReturn,
  runTimeoutAt,
} from "./halting.ts";
import type { Rollout } from "./rollout.ts";

/**
 * What all strategies have in common: a stop, an alarm and the run time halt a deployment; events end by reports and by time; targets go on.
 * One round of decisions may make room for the next (a dark host fails as soon as it is admitted), so it repeats until still.
 */
export function planRounds(draft: Draft, observation: Observation, rollout: Rollout): void {
  let decided: number;
  do {
    decided = draft.events.length;
    halt(draft, observation, rollout);
    rollout.settle(draft, observation);
    if (!endsTargetsUnderWay(draft.state)) advanceTargets(draft, rollout);
    if (draft.state.halt === null) rollout.begin(draft);
    if (draft.state.halt === null) rollout.proceed(draft, observation);
    else endHalted(draft, observation, rollout);
  } while (draft.events.length > decided && !isTerminal(draft.state.status));
}

function halt(draft: Draft, observation: Observation, rollout: Rollout): void {
  if (isPastReturn(draft.state)) return;
  haltWhenStopped(draft);
  haltOnAlarm(draft, observation);
  haltWhenOverdue(draft, rollout.timeoutMilliseconds, observation);
}

function advanceTargets(draft: Draft, rollout: Rollout): void {
  const policy = { forgiven: rollout.forgiven(draft.state) };
  for (const target of draft.state.targets ?? []) draft.decide(...advanceTarget(target, policy));
}

function endHalted(draft: Draft, observation: Observation, rollout: Rollout): void {
  rollout.windDown(draft, observation);
  const { state } = draft;
  if (state.targets?.some(isOpen)) return;
  for (const message of rollout.describeHalt(state)) draft.decide({ type: "statusMessageAdded", message });
  if (state.halt === "stop" || state.halt === "alarm") {
    draft.decide({ type: "deploymentStopped", error: stopError(state, state.error) });
    return;
  }
  invariant(state.error, "a halted deployment has its reason");
  draft.decide({ type: "deploymentFailed", error: state.error });
}

function isOpen({ status }: TargetState): boolean {
  return status === "Pending" || status === "InProgress" || status === "Ready";
}

/** The earliest moment at which time alone changes something: a deadline or a wait passes, or a host's silence exceeds its grace. */
export function nextRoundAt(
  state: DeploymentState,
  observation: Observation,
  rollout: Rollout,
  now: number,
): number | null {
  if (!isUnderWay(state.status) || state.startedAt === null) return null;
  let earliest = rollout.wakeAt(state, observation, now);
  // Once it is decided how the deployment ends, these decide nothing any more, and may be moments in the past.
  if (state.halt === null && !isPastReturn(state)) {
    earliest = Math.min(
      earliest,
      runTimeoutAt(state, rollout.timeoutMilliseconds, observation.heard, now),
      alarmsUnreadableUntil(state, observation, now),
      state.wait?.until ?? Number.POSITIVE_INFINITY,
    );
  }
  return Number.isFinite(earliest) ? earliest : null;
}
