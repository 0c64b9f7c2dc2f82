import { randomBytes, randomUUID } from "node:crypto";
import type { TargetHealth } from "../balancing/target-health.ts";
import { forgetTasks } from "../store/ecs/expired-tasks.ts";
import { appendServiceEvent } from "../store/ecs/service-events.ts";
import { changeService, lockService, type ServiceRow } from "../store/ecs/services.ts";
import { changeTaskSet, removeTaskSetRow, taskSetsOfServices } from "../store/ecs/task-sets.ts";
import { changeTask, insertTasks, tasksOfServices } from "../store/ecs/tasks.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import type { ContainerWork } from "./container-work.ts";
import type { EngineView } from "./engine-view.ts";
import { readTargets, type TargetOf } from "./known-targets.ts";
import { planService, type ServicePlan } from "./plan-service.ts";
import type { TaskState } from "./service-state.ts";
import { rowOfTask, serviceOf, taskOf, taskSetOf } from "./stored-service.ts";
import { readDefinitions } from "./task-definitions.ts";

/** Tasks that one turn makes at most; the next turn comes at once. */
const NEW_TASKS_OF_TURN = 50;
const TASK_ID_BYTES = 16;

export interface ServiceTurnDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly view: Pick<EngineView, "facts">;
  readonly work: Pick<ContainerWork, "starting" | "failures" | "do" | "giveUpStarts" | "forget">;
  readonly targets: TargetHealth;
}

/** Of a service that was looked at. */
export interface ServiceTurn {
  /** Its tasks that are listed, those that have stopped too. */
  readonly taskIds: readonly string[];
  /** When something is due although nothing happens; null: never. */
  readonly wakeAt: number | null;
}

/** Looks at a service, writes what is to become of it, and only then begins to do it. Undefined: there is no such service. */
export async function takeServiceTurn(
  serviceId: string,
  dependencies: ServiceTurnDependencies,
): Promise<ServiceTurn | undefined> {
  const { store, work, targets } = dependencies;
  const targetOf = await readTargets(store, targets, serviceId);
  const spareTaskIds = newTaskIds(NEW_TASKS_OF_TURN);
  const turn = await store.write((transaction) =>
    planAndWrite(transaction, { ...dependencies, serviceId, targetOf, spareTaskIds }),
  );
  if (!turn) return undefined;
  const { plan, tasks } = turn;
  for (const { taskId, desiredStatus, stoppedAt } of plan.changedTasks) {
    if (desiredStatus === "STOPPED") work.giveUpStarts(taskId);
    if (stoppedAt !== null) work.forget(taskId);
  }
  for (const action of plan.actions) work.do(action);
  if (plan.changedTasks.length > 0) targets.wake();
  const taskIds = [...tasks, ...plan.newTasks].map(({ taskId }) => taskId);
  return { taskIds: taskIds.filter((taskId) => !plan.forgottenTaskIds.includes(taskId)), wakeAt: plan.wakeAt };
}

interface TurnParts extends ServiceTurnDependencies {
  readonly serviceId: string;
  readonly targetOf: TargetOf;
  readonly spareTaskIds: readonly string[];
}

async function planAndWrite(
  transaction: WriteTransaction,
  { serviceId, targetOf, spareTaskIds, now, view, work }: TurnParts,
): Promise<{ readonly plan: ServicePlan; readonly tasks: readonly TaskState[] } | undefined> {
  const { db } = transaction;
  const row = await lockService(transaction, serviceId);
  if (!row) return undefined;
  const taskSets = (await taskSetsOfServices(db, [serviceId])).map(taskSetOf);
  const tasks = (await tasksOfServices(db, [serviceId])).map(taskOf);
  const arns = [...taskSets, ...tasks].map(({ taskDefinitionArn }) => taskDefinitionArn);
  const definitions = await readDefinitions(db, arns);
  const at = now();
  // From here on nothing is waited for: what the engine has and what it is being told belong together.
  const plan = planService({
    service: serviceOf(row),
    taskSets,
    tasks,
    definitions,
    facts: view.facts ?? new Map(),
    starting: new Map(tasks.map(({ taskId }) => [taskId, work.starting(taskId)])),
    startFailures: new Map(tasks.map(({ taskId }) => [taskId, work.failures(taskId)])),
    targetOf,
    labelsOf: (task) => labelsOf(row, task),
    spareTaskIds,
    now: at,
  });
  await writePlan(transaction, row, plan, at);
  return { plan, tasks };
}

async function writePlan({ db }: WriteTransaction, row: ServiceRow, plan: ServicePlan, at: number): Promise<void> {
  const { service_id } = row;
  if (plan.status !== row.status) {
    await changeService(db, service_id, { status: plan.status, inactive_at: plan.status === "INACTIVE" ? at : null });
  }
  await insertTasks(
    db,
    plan.newTasks.map((task) => rowOfTask(task, row)),
  );
  for (const task of plan.changedTasks) {
    const { task_id, cluster_name: _, service_id: __, task_set_id: ___, ...change } = rowOfTask(task, row);
    const { task_definition_arn: ____, created_at: _____, ...values } = change;
    await changeTask(db, task_id, values);
  }
  await forgetTasks(db, plan.forgottenTaskIds);
  for (const { taskSetId, stability, failedTasks } of plan.changedTaskSets) {
    await changeTaskSet(db, taskSetId, { stability, stability_at: at, failed_tasks: failedTasks, updated_at: at });
  }
  for (const taskSetId of plan.removedTaskSetIds) await removeTaskSetRow(db, taskSetId);
  for (const message of plan.events) await appendServiceEvent(db, { service_id, event_id: randomUUID(), at, message });
}

function labelsOf({ cluster_name, service_name }: ServiceRow, task: TaskState): Readonly<Record<string, string>> {
  return {
    "sluice.cluster": cluster_name,
    "sluice.service": service_name,
    "sluice.task-set": task.taskSetId,
    "sluice.task-definition": task.taskDefinitionArn,
  };
}

function newTaskIds(count: number): readonly string[] {
  const digits = randomBytes(count * TASK_ID_BYTES).toString("hex");
  return Array.from({ length: count }, (_, index) => digits.slice(index * 32, (index + 1) * 32));
}
