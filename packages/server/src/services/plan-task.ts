import type { ContainerFacts, ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { STOPPED_TASK_KEPT_MILLISECONDS } from "../store/ecs/expired-tasks.ts";
import { nextToStop, readinessOf } from "./container-order.ts";
import { containerPlan, hasSandbox, SANDBOX_NAME, sandboxPlan } from "./container-plans.ts";
import { type FactsOf, observeTask, seenIn } from "./observe-task.ts";
import type { TaskState, TaskTarget } from "./service-state.ts";
import { graceEnd, type TaskEnd, unexpectedEnd } from "./task-end.ts";

export type ContainerAction =
  | { readonly kind: "start"; readonly plan: ContainerPlan }
  | { readonly kind: "stop" | "remove"; readonly taskId: string; readonly containerId: string };

export interface TaskSituation {
  readonly task: TaskState;
  readonly definition: TaskDefinition;
  /** For people who look at the engine. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the engine has of this task. */
  readonly facts: readonly ContainerFacts[];
  /** Containers that the engine was told to start, and has not answered for, or whose answer `facts` does not have yet. */
  readonly starting: ReadonlySet<string>;
  /** Why a container did not start, by its name. */
  readonly startFailures: ReadonlyMap<string, string>;
  /** Null: it is nobody's target. */
  readonly target: TaskTarget | null;
  readonly healthCheckGraceSeconds: number;
  readonly now: number;
}

export interface TaskPlan {
  readonly task: TaskState;
  readonly actions: readonly ContainerAction[];
  /** It is gone from the engine, and old enough to be forgotten. */
  readonly isOver: boolean;
  readonly wakeAt: number | null;
}

/** What becomes of one task next. A task that is to stop never runs again, and what has stopped stays as it is. */
export function planTask(situation: TaskSituation): TaskPlan {
  const factsOf: FactsOf = (name) => situation.facts.find(({ containerName }) => containerName === name);
  if (situation.task.stoppedAt !== null) return planStopped(situation, situation.task.stoppedAt);
  const task = observeTask(situation.task, situation.definition, factsOf, situation.startFailures);
  if (task.desiredStatus === "STOPPED") return planEnding({ ...situation, task }, factsOf);
  const end = unexpectedEnd({ ...situation, task, factsOf });
  if (end) return planEnding({ ...situation, task: endTask(task, end) }, factsOf);
  return planRunning({ ...situation, task }, factsOf);
}

/** The task as it is when it is to stop from now on. The first reason stays. */
export function endTask(task: TaskState, { stopCode, stoppedReason }: TaskEnd): TaskState {
  if (task.desiredStatus === "STOPPED") return task;
  return { ...task, desiredStatus: "STOPPED", stopCode, stoppedReason };
}

function planRunning(situation: TaskSituation, factsOf: FactsOf): TaskPlan {
  const { task, target, healthCheckGraceSeconds, now } = situation;
  const { actions, waitsUntil } = startsOf(situation, factsOf);
  const isUp = task.containers.every(({ lastStatus }) => lastStatus !== "PENDING");
  const pullStartedAt = task.pullStartedAt ?? (actions.length > 0 ? now : null);
  const startedAt = task.startedAt ?? (isUp ? now : null);
  const lastStatus = startedAt !== null ? "RUNNING" : pullStartedAt !== null ? "PENDING" : "PROVISIONING";
  const next: TaskState = { ...task, pullStartedAt, startedAt, lastStatus };
  const forgivenUntil = target?.health === "unhealthy" ? graceEnd(next, healthCheckGraceSeconds) : null;
  return { task: next, actions, isOver: false, wakeAt: earliest([...waitsUntil, forgivenUntil], now) };
}

interface Starts {
  readonly actions: readonly ContainerAction[];
  readonly waitsUntil: readonly (number | null)[];
}

/** The network first; then whatever need not wait for others, together. */
function startsOf({ task, definition, labels, starting, now }: TaskSituation, factsOf: FactsOf): Starts {
  const identity = { taskId: task.taskId, labels };
  if (hasSandbox(definition) && factsOf(SANDBOX_NAME)?.state !== "running") {
    const plan = sandboxPlan(identity, definition);
    return { actions: starting.has(SANDBOX_NAME) ? [] : [{ kind: "start", plan }], waitsUntil: [] };
  }
  const seen = seenIn(task, factsOf);
  const due = definition.containerDefinitions
    .filter(({ name }) => seen(name)?.lastStatus === "PENDING" && !starting.has(name))
    .map((container) => ({ container, readiness: readinessOf(container, definition, seen, now) }));
  return {
    actions: due
      .filter(({ readiness }) => readiness.kind === "ready")
      .map(({ container }) => ({ kind: "start", plan: containerPlan(identity, definition, container) })),
    waitsUntil: due.map(({ readiness }) => (readiness.kind === "waiting" ? readiness.until : null)),
  };
}

function planEnding(situation: TaskSituation, factsOf: FactsOf): TaskPlan {
  const { task, definition, facts, starting, now } = situation;
  const running = facts.filter(({ state }) => state === "running");
  const isOver = running.length === 0 && starting.size === 0;
  if (isOver) return stopped(task, now);
  const drain = drainOf(situation);
  if (drain.until !== null) {
    const draining: TaskState = { ...task, drainingSince: drain.since, lastStatus: "DEACTIVATING" };
    return { task: draining, actions: [], isOver: false, wakeAt: drain.until };
  }
  const applications = running.filter(({ role }) => role === "application");
  const names = applications.map(({ containerName }) => containerName);
  // The network goes last, and not while a container that needs it may be starting.
  const last = starting.size === 0 ? running : [];
  const due = names.length > 0 ? nextToStop(names, definition) : last.map(({ containerName }) => containerName);
  return {
    task: {
      ...task,
      drainingSince: drain.since,
      stoppingAt: task.stoppingAt ?? now,
      lastStatus: names.length > 0 || starting.size > 0 ? "STOPPING" : "DEPROVISIONING",
    },
    actions: due.flatMap((name): ContainerAction[] => {
      const found = factsOf(name);
      return found ? [{ kind: "stop", taskId: task.taskId, containerId: found.containerId }] : [];
    }),
    isOver: false,
    wakeAt: null,
  };
}

interface Drain {
  readonly since: number | null;
  /** Until when its connections are waited for; null: they are not, or not any more. */
  readonly until: number | null;
}

function drainOf({ task, definition, target, now }: TaskSituation): Drain {
  const since = task.drainingSince;
  const essential = definition.containerDefinitions.filter((container) => container.essential);
  const isServing = essential.every(({ name }) =>
    task.containers.some((container) => container.name === name && container.lastStatus === "RUNNING"),
  );
  if (target === null || task.address === null || !isServing || task.stoppingAt !== null) return { since, until: null };
  const begun = since ?? now;
  const until = begun + target.drainSeconds * 1_000;
  const isDrained = since !== null && target.sessionsLeft === 0;
  return { since: begun, until: isDrained || now >= until ? null : until };
}

function stopped(task: TaskState, now: number): TaskPlan {
  return {
    task: {
      ...task,
      lastStatus: "STOPPED",
      stoppingAt: task.stoppingAt ?? now,
      stoppedAt: now,
      containers: task.containers.map((container) => ({ ...container, lastStatus: "STOPPED" })),
    },
    actions: [],
    isOver: false,
    wakeAt: now + STOPPED_TASK_KEPT_MILLISECONDS,
  };
}

function planStopped({ task, facts, starting, now }: TaskSituation, stoppedAt: number): TaskPlan {
  const taskId = task.taskId;
  // A start that was under way when it was given up may still have come about.
  const running = facts.filter(({ state }) => state === "running");
  const stops = running.map(({ containerId }): ContainerAction => ({ kind: "stop", taskId, containerId }));
  const until = stoppedAt + STOPPED_TASK_KEPT_MILLISECONDS;
  if (now < until) return { task, actions: stops, isOver: false, wakeAt: until };
  const removals = facts
    .filter(({ state }) => state !== "running")
    .map(({ containerId }): ContainerAction => ({ kind: "remove", taskId, containerId }));
  return { task, actions: [...stops, ...removals], isOver: facts.length === 0 && starting.size === 0, wakeAt: null };
}

function earliest(times: readonly (number | null)[], now: number): number | null {
  const coming = times.filter((time) => time !== null && time > now) as number[];
  return coming.length > 0 ? Math.min(...coming) : null;
}
