import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../../draft.ts";
import type { EffectReport } from "../../effect-report.ts";
import { deadlineAt, type HeardTime } from "../../heard-time.ts";
import { hostTargets } from "../../host-targets.ts";
import {
  cameTooLate,
  failedReplacements,
  healthError,
  notWithheldError,
  originalsNotBlockedError,
  originalsNotTerminated,
  readyExpiredError,
  succeededWithFailures,
  trafficLeftSplit,
} from "../../messages.ts";
import type { Observation } from "../../observation.ts";
import type { DeploymentState, HostTarget, InstanceLabel } from "../../state.ts";
import { BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS, BLUE_GREEN_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { tellWaitAt } from "../../waiting.ts";
import { isPastReturn } from "../halting.ts";
import { admissibleTargets, isHealthMet } from "./admission.ts";
import { termination, withholding } from "./host-effects.ts";
import { hostRulesOf } from "./host-rules.ts";
import type { HostStages, StageView } from "./host-stages.ts";
import { startBlueGreen } from "./host-start.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";
import { sortIntoBuckets, type TargetBuckets } from "./target-buckets.ts";

/**
 * A second fleet gets the revision, takes the traffic over, and the first one is seen off (codedeploy-semantics.md, sections 3, 4 and
 * 7). The replacement hosts are labelled Green, the original ones Blue.
 */
export const BLUE_GREEN: HostStages = {
  timeoutMilliseconds: BLUE_GREEN_TIMEOUT_MILLISECONDS,
  start: startBlueGreen,

  view(state: DeploymentState): StageView {
    switch (state.stage) {
      case "withhold":
        return NOBODY_AT_WORK;
      case "deploy":
        return deployView(state);
      case "allow":
        return allowView(state);
      case "block":
      case "terminate":
        return blockView(state);
      default: {
        const never: never = state.stage;
        return never;
      }
    }
  },

  proceed(draft: Draft, view: StageView, observation: Observation): void {
    switch (draft.state.stage) {
      case "withhold":
        finishWithholding(draft, observation);
        return;
      case "deploy":
        awaitLeave(draft, view);
        return;
      case "allow":
        finishAllowing(draft, view);
        return;
      case "block":
        finishBlocking(draft, view);
        return;
      case "terminate":
        finishTerminating(draft, observation);
        return;
      default:
        draft.state.stage satisfies never;
    }
  },

  describeHalt: trafficLeftSplit,

  effects(state) {
    if (state.status !== "InProgress") return [];
    if (state.stage === "withhold" && state.halt === null) return [withholding(state)];
    return isPastReturn(state) ? [termination(state)] : [];
  },

  wakeAt(state, { reports, heard }, now) {
    if (state.stage !== "withhold") return Number.POSITIVE_INFINITY;
    const report = reports.get(withholding(state).key);
    return Math.min(withholdDeadline(state, heard, now), tellWithholdAt(state, report));
  },
};

const NOBODY_AT_WORK: StageView = {
  buckets: { waiting: [], running: [], succeeded: [], failed: [], skipped: [] },
  minimum: 0,
  endsWhenSpent: false,
  admissible: [],
};

/** A replacement host that has the revision stands as succeeded here: Ready. */
function deployView(state: DeploymentState): StageView {
  const { minimumHealthyHosts: minimum } = state;
  invariant(minimum !== null, "a deployment under way has a minimum");
  const { waiting, running, succeeded, failed, skipped } = sortIntoBuckets(labelled(state, "Green"));
  const buckets: TargetBuckets = {
    waiting,
    running: running.filter(({ status }) => status !== "Ready"),
    succeeded: [...succeeded, ...running.filter(({ status }) => status === "Ready")],
    failed,
    skipped,
  };
  const admissible = admissibleTargets(buckets, minimum);
  return { buckets, minimum, endsWhenSpent: true, admissible };
}

/** The hosts that got the revision; the others are out of it. One by one all must succeed, otherwise the configuration's share. */
function allowView(state: DeploymentState): StageView {
  const members = labelled(state, "Green").filter((target) => target.status !== "Failed" || failedInTraffic(target));
  const { waiting, running, ...ended } = sortIntoBuckets(members);
  const buckets: TargetBuckets = {
    ...ended,
    waiting: running.filter(({ status }) => status === "Ready"),
    running: running.filter(({ status }) => status !== "Ready"),
  };
  invariant(waiting.length === 0, "no replacement host waits for its installation when traffic moves");
  const minimum = minimumHealthyHosts(hostRulesOf(state).healthRule, members.length);
  // They serve nobody yet, so none of them has health to lose.
  const unburdened = { ...buckets, waiting: buckets.waiting.map((target) => ({ ...target, wasHealthy: false })) };
  const admissible = admissibleTargets(unburdened, Math.min(minimum, members.length - 1));
  return { buckets, minimum, endsWhenSpent: true, admissible };
}

/** Once the replacements serve, an original that fails to leave must not keep the others from leaving. */
function blockView(state: DeploymentState): StageView {
  const members = labelled(state, "Blue");
  const buckets = sortIntoBuckets(members);
  const pace = Math.min(minimumHealthyHosts(hostRulesOf(state).healthRule, members.length), members.length - 1);
  const room = Math.max(0, members.length - pace - buckets.running.length);
  const admissible = buckets.waiting.slice(0, room);
  return { buckets, minimum: members.length, endsWhenSpent: false, admissible };
}

/**
 * A load balancer may know the replacements already and send them requests as soon as they answer, which must not happen before
 * their AllowTraffic. So nothing is installed before all of them are out.
 */
function finishWithholding(draft: Draft, { reports, heard }: Observation): void {
  const withheld = reports.get(withholding(draft.state).key);
  if (withheld?.outcome === "done") {
    draft.decide({ type: "stageEntered", stage: "deploy" });
    return;
  }
  const deadline = withholdDeadline(draft.state, heard, draft.now);
  if (withheld?.outcome !== "failed" && draft.now < deadline) {
    if (draft.now < tellWithholdAt(draft.state, withheld)) return;
    const since = draft.state.startedAt ?? draft.now;
    draft.decide({ type: "deploymentWaiting", reason: withholdReason(withheld), since, until: deadline });
    return;
  }
  draft.decide({ type: "admissionHalted", halt: "health", error: notWithheldError(withheld?.detail ?? "") });
}

/** When it is told what the replacements' leaving waits for. */
function tellWithholdAt({ startedAt, waiting }: DeploymentState, withheld: EffectReport | undefined): number {
  return tellWaitAt(withholdReason(withheld), startedAt ?? 0, waiting);
}

function withholdReason(withheld: EffectReport | undefined): string {
  return withheld?.outcome === "pending" && withheld.detail !== ""
    ? `the replacement hosts are kept out of the load balancer: ${withheld.detail}`
    : "";
}

/** When the replacements have to be out of the load balancer at the latest. */
function withholdDeadline({ startedAt }: DeploymentState, heard: HeardTime, now: number): number {
  invariant(startedAt !== null, "a deployment under way has a start");
  return deadlineAt(heard, startedAt, BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS, now);
}

function awaitLeave(draft: Draft, { buckets, minimum }: StageView): void {
  const { state } = draft;
  invariant(state.strategy.type === "blue-green", "only a blue/green deployment waits to be continued");
  if (!isHealthMet(buckets, minimum)) {
    draft.decide({ type: "admissionHalted", halt: "health", error: healthError(buckets, minimum) });
    return;
  }
  const { readyWaitMilliseconds } = state.strategy;
  if (readyWaitMilliseconds !== null && state.wait === null) {
    draft.decide({ type: "readyWaitStarted", until: draft.now + readyWaitMilliseconds });
    return;
  }
  if (state.wait !== null && state.continued !== "ready") {
    if (draft.now < state.wait.until) return;
    draft.decide({ type: "admissionHalted", halt: "stop", error: readyExpiredError(state) });
    return;
  }
  if (state.wait !== null) draft.decide({ type: "waitEnded" });
  draft.decide({ type: "stageEntered", stage: "allow" });
}

function finishAllowing(draft: Draft, { buckets, minimum }: StageView): void {
  const mustAll = hostRulesOf(draft.state).healthRule.type === "MOST_CONCURRENCY";
  if (!isHealthMet(buckets, minimum) || (mustAll && buckets.failed.length > 0)) {
    draft.decide({ type: "admissionHalted", halt: "health", error: healthError(buckets, minimum) });
    return;
  }
  draft.decide({ type: "stageEntered", stage: "block" });
}

function finishBlocking(draft: Draft, { buckets }: StageView): void {
  const { state } = draft;
  invariant(state.strategy.type === "blue-green", "only a blue/green deployment sees originals off");
  if (buckets.failed.length > 0) {
    draft.decide({ type: "admissionHalted", halt: "health", error: originalsNotBlockedError(buckets) });
    return;
  }
  const { terminationWaitMilliseconds } = state.strategy;
  if (terminationWaitMilliseconds === null) {
    succeed(draft);
    return;
  }
  draft.decide(
    { type: "stageEntered", stage: "terminate" },
    { type: "terminationWaitStarted", until: draft.now + terminationWaitMilliseconds },
  );
}

function finishTerminating(draft: Draft, { reports, alarms }: Observation): void {
  const { wait, continued } = draft.state;
  const terminated = reports.get(termination(draft.state).key)?.termination;
  if (wait !== null) {
    if (continued !== "termination" && draft.now < wait.until) return;
    draft.decide({ type: "waitEnded" });
  }
  if (!terminated) return;
  draft.decide({ type: "originalsTerminated", ...terminated });
  for (const message of [...originalsNotTerminated(draft.state, terminated), ...cameTooLate(draft.state, alarms)]) {
    draft.decide({ type: "statusMessageAdded", message });
  }
  succeed(draft);
}

/** A replacement that did not make it is no reason to fail, and every reason to be named. */
function succeed(draft: Draft): void {
  const failed = labelled(draft.state, "Green").filter(({ status }) => status === "Failed");
  if (failed.length > 0) {
    for (const message of [succeededWithFailures(sortIntoBuckets(failed)), ...failedReplacements(failed)]) {
      draft.decide({ type: "statusMessageAdded", message });
    }
  }
  draft.decide({ type: "deploymentSucceeded" });
}

export function labelled(state: DeploymentState, label: InstanceLabel): readonly HostTarget[] {
  return hostTargets(state).filter((target) => target.label === label);
}

function failedInTraffic(target: HostTarget): boolean {
  const firstInTraffic = target.lifecycleEvents.findIndex(({ awaitsLeave }) => awaitsLeave);
  return target.lifecycleEvents.some(({ status }, index) => status === "Failed" && index >= firstInTraffic);
}
