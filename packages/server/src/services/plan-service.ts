import { isDeepStrictEqual } from "node:util";
import type { ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { newTask } from "./new-task.ts";
import { type ContainerAction, endTask, planTask, type TaskPlan } from "./plan-task.ts";
import { planTaskCount } from "./plan-task-count.ts";
import { eventsOfTurn, type TaskChange } from "./service-events.ts";
import type { ServiceState, TaskSetState, TaskState, TaskTarget } from "./service-state.ts";
import { isFailedEnd } from "./task-end.ts";
import { unsteadiness } from "./task-set-steadiness.ts";

export interface ServiceSituation {
  readonly service: ServiceState;
  /** In the order in which they were made. */
  readonly taskSets: readonly TaskSetState[];
  /** All that are listed, those that have stopped too. */
  readonly tasks: readonly TaskState[];
  /** By ARN. A task whose definition is missing is left as it is, and no new one is made of it. */
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  /** What the engine has, by task. */
  readonly facts: ReadonlyMap<string, readonly ContainerFacts[]>;
  /** By task, as {@link planTask} has them. */
  readonly starting: ReadonlyMap<string, ReadonlySet<string>>;
  readonly startFailures: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Null: the task is nobody's target. */
  readonly targetOf: (taskSet: TaskSetState, task: TaskState) => TaskTarget | null;
  readonly labelsOf: (task: TaskState) => Readonly<Record<string, string>>;
  /** Names for new tasks, as many as may be made in one turn. */
  readonly spareTaskIds: readonly string[];
  readonly now: number;
}

/** What is to be written, all at once, and done after that. */
export interface ServicePlan {
  readonly status: ServiceState["status"];
  readonly newTasks: readonly TaskState[];
  readonly changedTasks: readonly TaskState[];
  /** Gone from the engine, and old enough to be forgotten. */
  readonly forgottenTaskIds: readonly string[];
  readonly changedTaskSets: readonly TaskSetState[];
  readonly removedTaskSetIds: readonly string[];
  /** Messages of the service, oldest first. */
  readonly events: readonly string[];
  readonly actions: readonly ContainerAction[];
  /** When something is due although nothing happens; null: never. */
  readonly wakeAt: number | null;
}

/** What becomes of a service next: each task by itself, and then each task set by its count. */
export function planService(situation: ServiceSituation): ServicePlan {
  const { service, taskSets, now } = situation;
  const taskPlans = new Map<string, TaskPlan>();
  const plan = (taskSet: TaskSetState | undefined, task: TaskState) => {
    const planned = planTaskOf(situation, taskSet, task);
    if (planned) taskPlans.set(task.taskId, planned);
  };
  for (const task of situation.tasks)
    plan(
      taskSets.find(({ taskSetId }) => taskSetId === task.taskSetId),
      task,
    );
  const spareTaskIds = [...situation.spareTaskIds];
  const turns = taskSets.map((taskSet) => {
    const before = situation.tasks.filter(({ taskSetId }) => taskSetId === taskSet.taskSetId);
    const after = () => before.map((task) => taskPlans.get(task.taskId)?.task ?? task);
    const count = planTaskCount(service, taskSet, after(), now);
    for (const { task, end } of count.surplus) plan(taskSet, endTask(task, end));
    const definition = situation.definitions.get(taskSet.taskDefinitionArn);
    const ids = definition ? spareTaskIds.splice(0, count.missing) : [];
    const made = ids.flatMap((taskId) => (definition ? [newTask(taskId, taskSet, definition, now)] : []));
    for (const task of made) plan(taskSet, task);
    const tasks = [...after(), ...made.map((task) => taskPlans.get(task.taskId)?.task ?? task)];
    const changed = before.flatMap((task): TaskChange[] => {
      const next = taskPlans.get(task.taskId)?.task;
      return next && !isDeepStrictEqual(task, next) ? [{ before: task, after: next }] : [];
    });
    const next = nextTaskSet(situation, taskSet, tasks, changed);
    const hasMoreToMake = definition !== undefined && ids.length < count.missing;
    const wakeAt = hasMoreToMake ? now : count.wakeAt;
    return { taskSet, next, made: tasks.slice(before.length), changed, wakeAt, isGone: isGone(next, service, tasks) };
  });
  const plans = [...taskPlans.values()];
  const hasEnded = service.status === "DRAINING" && turns.every((turn) => turn.isGone);
  return {
    status: hasEnded ? "INACTIVE" : service.status,
    newTasks: turns.flatMap(({ made }) => made),
    changedTasks: turns.flatMap(({ changed }) => changed.map(({ after }) => after)),
    forgottenTaskIds: plans.filter(({ isOver }) => isOver).map(({ task }) => task.taskId),
    changedTaskSets: turns.flatMap(({ taskSet, next, isGone }) => (next !== taskSet && !isGone ? [next] : [])),
    removedTaskSetIds: turns.flatMap(({ taskSet, isGone }) => (isGone ? [taskSet.taskSetId] : [])),
    events: turns.flatMap((turn) => eventsOfTurn(service.serviceName, turn)),
    actions: plans.flatMap(({ actions }) => actions),
    wakeAt: soonest([...plans.map(({ wakeAt }) => wakeAt), ...turns.map(({ wakeAt }) => wakeAt)]),
  };
}

/** Undefined: nobody knows what it is made of. */
function planTaskOf(
  situation: ServiceSituation,
  taskSet: TaskSetState | undefined,
  task: TaskState,
): TaskPlan | undefined {
  const definition = situation.definitions.get(task.taskDefinitionArn);
  if (!definition) return undefined;
  return planTask({
    task,
    definition,
    labels: situation.labelsOf(task),
    facts: situation.facts.get(task.taskId) ?? [],
    starting: situation.starting.get(task.taskId) ?? new Set(),
    startFailures: situation.startFailures.get(task.taskId) ?? new Map(),
    target: taskSet ? situation.targetOf(taskSet, task) : null,
    healthCheckGraceSeconds: situation.service.healthCheckGraceSeconds,
    now: situation.now,
  });
}

/** The same object when nothing of it changes. */
function nextTaskSet(
  { service, definitions, targetOf }: ServiceSituation,
  taskSet: TaskSetState,
  tasks: readonly TaskState[],
  changed: readonly TaskChange[],
): TaskSetState {
  const definition = definitions.get(taskSet.taskDefinitionArn);
  const steadiness = { service, taskSet, definition, tasks, targetOf: (task: TaskState) => targetOf(taskSet, task) };
  const stability = unsteadiness(steadiness) === null ? "STEADY_STATE" : "STABILIZING";
  const newlyFailed = changed.filter(({ before, after }) => !isFailedEnd(before) && isFailedEnd(after)).length;
  if (stability === taskSet.stability && newlyFailed === 0) return taskSet;
  return { ...taskSet, stability, failedTasks: taskSet.failedTasks + newlyFailed };
}

/** Its tasks have stopped, and it is to have none. */
function isGone({ status }: TaskSetState, service: ServiceState, tasks: readonly TaskState[]): boolean {
  return (status === "DRAINING" || service.status === "DRAINING") && tasks.every(({ stoppedAt }) => stoppedAt !== null);
}

function soonest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length > 0 ? Math.min(...known) : null;
}
