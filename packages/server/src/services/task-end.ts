import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { readinessOf } from "./container-order.ts";
import { hasSandbox, SANDBOX_NAME } from "./container-plans.ts";
import { type FactsOf, seenIn } from "./observe-task.ts";
import type { StopCode, TaskState, TaskTarget } from "./service-state.ts";

/** Why a task stops, in ECS' words. */
export interface TaskEnd {
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

export interface EndSituation {
  /** As it was just observed. */
  readonly task: TaskState;
  readonly definition: TaskDefinition;
  readonly factsOf: FactsOf;
  /** Why a container did not start, by its name. */
  readonly startFailures: ReadonlyMap<string, string>;
  /** Null: it is nobody's target. */
  readonly target: TaskTarget | null;
  readonly healthCheckGraceSeconds: number;
  readonly now: number;
}

const FAILED_CHECKS = "Task failed ";

/** Why a task that is wanted must stop all the same; undefined: it goes on. */
export function unexpectedEnd(situation: EndSituation): TaskEnd | undefined {
  return failedStart(situation) ?? ended(situation) ?? vainWait(situation) ?? unhealthy(situation);
}

/** Whether what stopped counts as a failed task: it stopped although it was wanted. */
export function isFailedEnd({ stopCode, stoppedReason }: Pick<TaskState, "stopCode" | "stoppedReason">): boolean {
  if (stopCode === "EssentialContainerExited" || stopCode === "TaskFailedToStart") return true;
  return stopCode === "ServiceSchedulerInitiated" && (stoppedReason ?? "").startsWith(FAILED_CHECKS);
}

/** Until when nothing that the balancer says fails the task; null: it has not started. */
export function graceEnd({ startedAt }: TaskState, healthCheckGraceSeconds: number): number | null {
  return startedAt === null ? null : startedAt + healthCheckGraceSeconds * 1_000;
}

function failedStart({ startFailures }: EndSituation): TaskEnd | undefined {
  const [reason] = startFailures.values();
  return reason === undefined ? undefined : { stopCode: "TaskFailedToStart", stoppedReason: reason };
}

function ended({ task, definition, factsOf }: EndSituation): TaskEnd | undefined {
  const isOver = (name: string) =>
    task.containers.find((container) => container.name === name)?.lastStatus === "STOPPED";
  const { containerDefinitions } = definition;
  const isEnd =
    containerDefinitions.some(({ essential, name }) => essential && isOver(name)) ||
    containerDefinitions.every(({ name }) => isOver(name));
  if (isEnd) return { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" };
  const hasLostNetwork =
    hasSandbox(definition) &&
    (factsOf(SANDBOX_NAME)?.state === "exited" ||
      (factsOf(SANDBOX_NAME) === undefined && task.containers.some(({ runtimeId }) => runtimeId !== null)));
  if (!hasLostNetwork) return undefined;
  const stoppedReason = "The container that holds the task's network has ended";
  return { stopCode: "EssentialContainerExited", stoppedReason };
}

function vainWait({ task, definition, factsOf, now }: EndSituation): TaskEnd | undefined {
  const seen = seenIn(task, factsOf);
  for (const container of definition.containerDefinitions) {
    if (seen(container.name)?.lastStatus !== "PENDING") continue;
    const readiness = readinessOf(container, definition, seen, now);
    if (readiness.kind === "hopeless") return { stopCode: "TaskFailedToStart", stoppedReason: readiness.reason };
  }
  return undefined;
}

function unhealthy({ task, target, healthCheckGraceSeconds, now }: EndSituation): TaskEnd | undefined {
  if (task.health === "UNHEALTHY") {
    return { stopCode: "ServiceSchedulerInitiated", stoppedReason: `${FAILED_CHECKS}container health checks` };
  }
  const graceUntil = graceEnd(task, healthCheckGraceSeconds);
  if (target?.health !== "unhealthy" || graceUntil === null || now < graceUntil) return undefined;
  const answer = target.detail === "" ? "" : `: ${target.detail}`;
  return {
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: `${FAILED_CHECKS}ELB health checks in (target-group ${target.targetGroupArn})${answer}`,
  };
}
