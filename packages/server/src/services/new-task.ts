import type { TaskDefinition } from "../store/columns/task-definition.ts";
import type { TaskSetState, TaskState } from "./service-state.ts";

export function newTask(taskId: string, taskSet: TaskSetState, definition: TaskDefinition, now: number): TaskState {
  return {
    taskId,
    taskSetId: taskSet.taskSetId,
    taskDefinitionArn: taskSet.taskDefinitionArn,
    desiredStatus: "RUNNING",
    lastStatus: "PROVISIONING",
    health: "UNKNOWN",
    address: null,
    createdAt: now,
    pullStartedAt: null,
    startedAt: null,
    drainingSince: null,
    stoppingAt: null,
    stoppedAt: null,
    stopCode: null,
    stoppedReason: null,
    containers: definition.containerDefinitions.map(({ name, image }) => ({
      name,
      image,
      imageDigest: null,
      runtimeId: null,
      lastStatus: "PENDING",
      exitCode: null,
      reason: null,
      health: "UNKNOWN",
      publishedPorts: [],
    })),
  };
}
