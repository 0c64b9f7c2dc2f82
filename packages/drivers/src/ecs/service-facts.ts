import type { TaskSet as EcsTaskSet, Service, ServiceEvent } from "@aws-sdk/client-ecs";
import type { ServiceFacts, TaskSet } from "@sluice/engine/ports/task-sets.ts";

/** What more is known of a task set that is not steady. */
export interface TaskSetTrouble {
  readonly failedTasks: number;
  readonly detail: string;
}

/** The service as ECS describes it. `troubles` are by task set id; one that is absent has none. */
export function serviceFacts(service: Service, troubles: ReadonlyMap<string, TaskSetTrouble>): ServiceFacts {
  return {
    controller: service.deploymentController?.type ?? "ECS",
    scheduling: service.schedulingStrategy ?? "REPLICA",
    desiredCount: service.desiredCount ?? 0,
    taskSets: taskSetsOf(service).map((taskSet) => taskSetFacts(taskSet, service, troubles.get(taskSet.id ?? ""))),
  };
}

/** In the order in which they were made. */
export function taskSetsOf({ taskSets = [] }: Service): readonly EcsTaskSet[] {
  return taskSets.toSorted((one, other) => (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0));
}

export function isSteady({ stabilityStatus }: EcsTaskSet): boolean {
  return stabilityStatus === "STEADY_STATE";
}

function taskSetFacts(taskSet: EcsTaskSet, service: Service, trouble: TaskSetTrouble | undefined): TaskSet {
  const { id = "", externalId, status = "", computedDesiredCount, pendingCount = 0, runningCount = 0 } = taskSet;
  return {
    taskSetId: id,
    externalId: externalId || null,
    status: status === "PRIMARY" || status === "DRAINING" ? status : "ACTIVE",
    isSteady: isSteady(taskSet),
    desiredCount: computedDesiredCount ?? service.desiredCount ?? 0,
    pendingCount,
    runningCount,
    failedTasks: trouble?.failedTasks ?? 0,
    targetGroup: taskSet.loadBalancers?.[0]?.targetGroupArn ?? null,
    detail: isSteady(taskSet) ? "" : (trouble?.detail ?? ""),
  };
}

/** ECS repeats itself in its events every few minutes for as long as something is wrong. */
const IN_TROUBLE = /unable|unhealthy|failed|failure|not.*found|throttl/i;

/** What the service's newest event says of a task set that does not come up. Empty: nothing. */
export function eventOf({ events = [] }: Service, { id = "", createdAt }: EcsTaskSet): string {
  const since = createdAt?.getTime() ?? 0;
  const ofIt = ({ message = "", createdAt: at }: ServiceEvent) =>
    (at?.getTime() ?? 0) >= since && IN_TROUBLE.test(message) && (message.includes(id) || !message.includes("taskSet"));
  const [newest] = events.filter(ofIt).toSorted((one, other) => Number(other.createdAt) - Number(one.createdAt));
  return newest?.message ?? "";
}
