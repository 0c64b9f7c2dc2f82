import { invariant } from "@sluice/model/invariant.ts";
import { startTarget } from "../../advance-target.ts";
import type { Draft } from "../../draft.ts";
import type { Effect } from "../../event.ts";
import { hostTargets } from "../../host-targets.ts";
import {
  healthError,
  hostsNotReported,
  hostsSkipped,
  tooFewHealthyError,
  tooManyInstancesError,
} from "../../messages.ts";
import type { HostResolution, Observation } from "../../observation.ts";
import type { DeploymentState, HostTarget } from "../../state.ts";
import { MAX_TARGETS } from "../../time-limits.ts";
import { trafficEffects } from "../../traffic-effects.ts";
import type { Rollout, Start } from "../rollout.ts";
import { isHealthSpent } from "./admission.ts";
import { forgivenEvents } from "./forgiven-events.ts";
import { trafficKeys } from "./host-effects.ts";
import { commandSettledAt, settleCommands, windDown } from "./hosts-at-work.ts";
import type { TargetBuckets } from "./target-buckets.ts";

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

/** What one strategy of hosts adds to what all of them have in common. */
export interface HostStages {
  readonly timeoutMilliseconds: number;
  start(state: DeploymentState, found: HostResolution): Start;
  view(state: DeploymentState): StageView;
  /** Called first at each round: for hosts that are told from the start to fail, so that their health counts before another host is risked. */
  refuse?(draft: Draft): void;
  /** Called at each round, before hosts are admitted: for waits, and for halts of the strategy's own. */
  prepare?(draft: Draft): void;
  /** Called when no host of the stage waits or is at work: enter the next stage, begin a wait, or end the deployment. */
  proceed(draft: Draft, view: StageView, observation: Observation): void;
  /** How the strategy leaves a deployment that was halted, in words; empty: nothing to say. */
  describeHalt?(state: DeploymentState): readonly string[];
  /** What is wanted of the outside for the stage as a whole. */
  effects?(state: DeploymentState): readonly Effect[];
  /** When time alone changes something about the stage as a whole. */
  wakeAt?(state: DeploymentState, observation: Observation, now: number): number;
}

/** Hosts take their turns, stage by stage, as their health allows. */
export function hostRollout(stages: HostStages): Rollout {
  return {
    timeoutMilliseconds: stages.timeoutMilliseconds,
    start(state, found) {
      invariant(found.outcome === "resolved", "hosts are deployed to as hosts");
      const { candidates, replacements = [] } = found;
      const count = candidates.length + replacements.length;
      if (count > MAX_TARGETS) return { error: tooManyInstancesError(count, MAX_TARGETS) };
      return stages.start(state, found);
    },
    forgiven: forgivenEvents,
    settle: settleCommands,
    begin(draft) {
      stages.refuse?.(draft);
      haltWhenSpent(draft, stages.view(draft.state));
      if (draft.state.halt === null) stages.prepare?.(draft);
      if (draft.state.halt === null) admit(draft, stages.view(draft.state));
    },
    proceed(draft, observation) {
      const view = stages.view(draft.state);
      if (isStill(view)) stages.proceed(draft, view, observation);
    },
    windDown,
    describeHalt: (state) => [
      ...hostsNotReported(state),
      ...(stages.describeHalt?.(state) ?? []),
      ...hostsSkipped(state),
    ],
    effects: (state, events) => [...trafficEffects(state.deploymentId, events), ...(stages.effects?.(state) ?? [])],
    watchedEffects: (state) => [...trafficKeys(state), ...(stages.effects?.(state) ?? []).map(({ key }) => key)],
    wakeAt(state, observation, now) {
      const commands = hostTargets(state).map((target) => commandSettledAt(target, state, observation, now));
      const stage = state.halt === null ? stages.wakeAt?.(state, observation, now) : undefined;
      return Math.min(...commands, stage ?? Number.POSITIVE_INFINITY);
    },
  };
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
