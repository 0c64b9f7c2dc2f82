import type { Task } from "@aws-sdk/client-ecs";

/** Of the tasks of one task set that have ended. */
export interface EndedTasks {
  /** Those that ended although they were wanted. */
  readonly failedTasks: number;
  /** Why the newest of them ended; empty: none has. */
  readonly reason: string;
}

/** ECS ends a task that fails its health checks itself, and says so in its reason alone. */
const FAILED_HEALTH_CHECKS = /failed (ELB|container) health checks/i;

/** @param stopped tasks of the service that have ended; ECS lists them for an hour */
export function endedTasks(stopped: readonly Task[], taskSetId: string): EndedTasks {
  const failed = stopped
    .filter(({ startedBy }) => startedBy === taskSetId)
    .filter(isFailure)
    .sort((one, other) => endedAt(other) - endedAt(one));
  const [newest] = failed;
  return { failedTasks: failed.length, reason: newest ? reasonOf(newest) : "" };
}

function isFailure({ stopCode, stoppedReason = "" }: Task): boolean {
  switch (stopCode) {
    case "EssentialContainerExited":
    case "TaskFailedToStart":
      return true;
    case "ServiceSchedulerInitiated":
      return FAILED_HEALTH_CHECKS.test(stoppedReason);
    default:
      return false;
  }
}

function reasonOf({ stoppedReason = "a task has stopped", containers = [] }: Task): string {
  const ofContainers = containers
    .filter(({ exitCode, reason }) => reason !== undefined || (exitCode !== undefined && exitCode !== 0))
    .map(({ name, exitCode, reason }) => {
      const words = [exitCode === undefined ? "" : `exit code ${exitCode}`, reason ?? ""].filter(Boolean);
      return `container ${name}: ${words.join(", ")}`;
    });
  return [stoppedReason, ...ofContainers].join("; ");
}

function endedAt({ stoppedAt, stoppingAt, createdAt }: Task): number {
  return (stoppedAt ?? stoppingAt ?? createdAt)?.getTime() ?? 0;
}
