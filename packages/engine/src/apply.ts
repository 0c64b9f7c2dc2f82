import { invariant } from "@sluice/model/invariant.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { DeploymentEvent, TargetEvent, TargetPlan } from "./event.ts";
import type { PlannedEvent } from "./planned-event.ts";
import {
  type DeploymentState,
  isTerminal,
  type LifecycleEventState,
  type ShiftState,
  type TargetState,
  type Waiting,
} from "./state.ts";
import type { ShiftAction } from "./traffic-shift.ts";

const STATUS_AFTER = {
  lifecycleEventSucceeded: "Succeeded",
  lifecycleEventFailed: "Failed",
  lifecycleEventUnreported: "Unknown",
} as const;

/** The state after an event that happened at `at` (epoch milliseconds). Never changes its input. */
export function apply(state: DeploymentState, event: DeploymentEvent, at: number): DeploymentState {
  invariant(!isTerminal(state.status), `${state.deploymentId} is ${state.status}: ${event.type} came after its end`);
  switch (event.type) {
    case "deploymentStarted":
      return {
        ...withoutWaiting(state),
        status: "InProgress",
        startedAt: at,
        minimumHealthyHosts: event.minimumHealthyHosts ?? null,
        ...(event.bundle ? { bundle: event.bundle } : {}),
        targets: event.targets.map((target) => pendingTarget(target, at)),
      };
    case "statusMessageAdded":
      return { ...state, statusMessages: [...state.statusMessages, event.message] };
    case "stopRequested":
      return { ...state, stopRequestedAt: at };
    case "admissionHalted":
      invariant(state.halt === null, "admission is halted once");
      return { ...state, halt: event.halt, haltedAt: at, error: event.error };
    case "stageEntered":
      return { ...withoutWaiting(state), stage: event.stage };
    case "readyWaitStarted":
      return { ...state, status: "Ready", wait: { kind: "ready", since: at, until: event.until } };
    case "terminationWaitStarted":
      return { ...state, wait: { kind: "termination", since: at, until: event.until } };
    case "bakingStarted":
      return { ...state, status: "Baking", wait: { kind: "baking", zone: event.zone, since: at, until: event.until } };
    case "deploymentWaiting":
      return { ...state, waiting: waitingOf(event, at) };
    case "deploymentWaitOver":
      return withoutWaiting(state);
    case "continueRequested":
      return { ...state, continued: event.wait };
    case "waitEnded":
      invariant(state.wait !== null, "a wait that ends has begun");
      return { ...state, status: "InProgress", wait: null };
    case "originalsTerminated":
      return state;
    case "deploymentSucceeded":
      return { ...withoutWaiting(state), status: "Succeeded", wait: null, completedAt: at };
    case "deploymentFailed":
      return { ...withoutWaiting(state), status: "Failed", wait: null, completedAt: at, error: event.error };
    case "deploymentStopped":
      return { ...withoutWaiting(state), status: "Stopped", wait: null, completedAt: at, error: event.error };
    default:
      return applyToOneTarget(state, event, at);
  }
}

function applyToOneTarget(state: DeploymentState, event: TargetEvent, at: number): DeploymentState {
  invariant(state.targets, `${event.type} needs resolved targets`);
  const index = state.targets.findIndex((target) => target.targetId === event.targetId);
  const target = state.targets[index];
  invariant(target, `${event.type} names ${event.targetId}, which is not a target`);
  return { ...state, targets: state.targets.with(index, applyToTarget(target, event, at)) };
}

/** The same for one target alone, which is all that the hot path loads. */
export function applyToTarget(target: TargetState, event: TargetEvent, at: number): TargetState {
  switch (event.type) {
    case "commandOffered": {
      invariant(target.command === null, `${target.targetId} already has a command`);
      const runsAtOnce = event.by !== "agent";
      return {
        ...target,
        status: "InProgress",
        updatedAt: at,
        command: {
          event: event.event,
          by: event.by,
          attempt: event.attempt,
          availableAt: at,
          acknowledgedAt: runsAtOnce ? at : null,
          acknowledgedOffer: null,
          missedHeartbeats: 0,
        },
        lifecycleEvents: runsAtOnce
          ? change(target, event.event, (old) => ({ ...old, status: "InProgress", startedAt: at }))
          : target.lifecycleEvents,
      };
    }
    case "lifecycleEventStarted":
      invariant(
        target.command?.event === event.event,
        `${target.targetId} starts what it was not told to: ${event.event}`,
      );
      return {
        ...target,
        updatedAt: at,
        command: { ...target.command, acknowledgedAt: at, acknowledgedOffer: event.offer, missedHeartbeats: 0 },
        lifecycleEvents: change(target, event.event, (old) => ({ ...old, status: "InProgress", startedAt: at })),
      };
    case "heartbeatMissed":
      invariant(target.command?.event === event.event, `${target.targetId} misses a command that it does not have`);
      return { ...target, command: { ...target.command, missedHeartbeats: event.missed } };
    case "targetWaiting":
      invariant(target.command?.event === event.event, `${target.targetId} waits in an event that it is not in`);
      // Not a change of the target that the API tells: its time stays.
      return { ...target, command: { ...target.command, waiting: waitingOf(event, at) } };
    case "lifecycleEventSucceeded":
    case "lifecycleEventFailed":
    case "lifecycleEventUnreported": {
      invariant(
        target.command?.event === event.event,
        `${target.targetId} ends what it was not told to: ${event.event}`,
      );
      const lifecycleEvents = change(target, event.event, (old) => ({
        ...old,
        status: STATUS_AFTER[event.type],
        endedAt: at,
        diagnostics: event.diagnostics,
      }));
      const ended = { ...target, updatedAt: at, command: null, lifecycleEvents };
      if (ended.type !== "host") return ended;
      // A forgiven silence is over once another event has ended: only the last one tells why a host failed.
      return { ...ended, agentIssue: event.type === "lifecycleEventFailed" && event.agentIssue };
    }
    case "taskSetCreated":
      invariant(target.type === "ecs-service", `${target.targetId} has no task sets`);
      return { ...target, replacementTaskSetId: event.taskSetId, updatedAt: at };
    case "weightsAsked":
      invariant(target.type !== "host", `${target.targetId} has no weights`);
      invariant(
        target.shift.asked === null && event.step === target.shift.step + 1,
        "weights are asked for one by one",
      );
      return { ...withoutWait(target), shift: { ...afterStep(target.shift), asked: { percent: event.percent, at } } };
    case "trafficShifted": {
      invariant(target.type !== "host", `${target.targetId} has no weights`);
      const { step, percent } = event;
      const { asked, moves = [] } = target.shift;
      invariant(asked?.percent === percent, `${percent} % were not asked for`);
      const shift = { ...target.shift, step, percent, changedAt: at, asked: null, moves: [...moves, { percent, at }] };
      return { ...withoutWait(target), shift, updatedAt: at };
    }
    case "shiftChangeRequested":
      invariant(target.type !== "host", `${target.targetId} has no weights`);
      return { ...withoutWait(target), shift: withGate(target.shift, event.action, at) };
    // The target has ended; what served nobody any more is no part of it.
    case "taskSetRemoved":
      return target;
    case "targetReady":
      invariant(target.status === "InProgress", `${target.targetId} is ready without having been deployed to`);
      return { ...target, status: "Ready", updatedAt: at };
    case "targetSucceeded":
      return end(target, "Succeeded", at);
    case "targetFailed":
      return end(target, "Failed", at);
    case "targetSkipped":
      return end(target, "Skipped", at);
    default: {
      const never: never = event;
      return never;
    }
  }
}

/** What was waited for is over, or another: it would be told as if it were not. */
function withoutWait<Target extends TargetState>(target: Target): Target {
  if (!target.command?.waiting) return target;
  const { waiting: _, ...command } = target.command;
  return { ...target, command };
}

/** The last word counts; one that is repeated keeps its time. */
function withGate({ gate, ...shift }: ShiftState, action: ShiftAction, at: number): ShiftState {
  if (action === "resume") return shift;
  return { ...shift, gate: gate?.kind === action ? gate : { kind: action, since: at } };
}

/** A wait is skipped once. */
function afterStep({ gate, ...shift }: ShiftState): ShiftState {
  return gate && gate.kind !== "next" ? { ...shift, gate } : shift;
}

function waitingOf({ reason, since, until, about }: Omit<Waiting, "toldAt">, toldAt: number): Waiting {
  return { reason, since, until, toldAt, ...(about ? { about } : {}) };
}

function withoutWaiting({ waiting: _, ...state }: DeploymentState): DeploymentState {
  return state;
}

/** Events that never ran end as Skipped with an end and no start, as CodeDeploy shows them. */
function end(target: TargetState, status: "Succeeded" | "Failed" | "Skipped", at: number): TargetState {
  invariant(
    target.status === "Pending" || target.status === "InProgress" || target.status === "Ready",
    `${target.targetId} ended already`,
  );
  return {
    ...target,
    status,
    updatedAt: at,
    command: null,
    lifecycleEvents: target.lifecycleEvents.map((event) =>
      event.status === "Pending" ? { ...event, status: "Skipped", endedAt: at } : event,
    ),
  };
}

function change(
  target: TargetState,
  name: LifecycleEventName,
  replace: (old: LifecycleEventState) => LifecycleEventState,
): readonly LifecycleEventState[] {
  return target.lifecycleEvents.map((event) => (event.name === name ? replace(event) : event));
}

const NOT_SHIFTED: ShiftState = { step: 0, percent: 0, changedAt: null, asked: null };

function pendingTarget(planned: TargetPlan, at: number): TargetState {
  const { targetId } = planned;
  const lifecycleEvents = planned.lifecycleEvents.map(pendingEvent);
  const base = { targetId, status: "Pending", lifecycleEvents, command: null, updatedAt: at } as const;
  switch (planned.type) {
    case "host": {
      const { type, hostName, kind, zone, label, wasHealthy, revisionHealth, restart } = planned;
      const host = { type, hostName, kind, zone, label, wasHealthy, revisionHealth, agentIssue: false };
      return { ...base, ...host, ...(restart ? { restart } : {}) };
    }
    case "ecs-service": {
      const { type, clusterName, serviceName, originalTaskSetId, originalTargetGroup, replacementTaskSetId } = planned;
      const service = { type, clusterName, serviceName, originalTaskSetId, originalTargetGroup, replacementTaskSetId };
      return { ...base, ...service, shift: NOT_SHIFTED };
    }
    case "lambda-alias": {
      const { type, functionName, aliasName, currentVersion, targetVersion } = planned;
      return { ...base, type, functionName, aliasName, currentVersion, targetVersion, shift: NOT_SHIFTED };
    }
    default: {
      const never: never = planned;
      return never;
    }
  }
}

function pendingEvent(planned: PlannedEvent): LifecycleEventState {
  return { ...planned, status: "Pending", startedAt: null, endedAt: null, diagnostics: null };
}
