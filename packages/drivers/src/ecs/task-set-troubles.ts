import type { Service, Task, TaskSet } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { OptionalAnswer, OptionalCall } from "../aws/optional-calls.ts";
import type { Elbv2Client } from "../elbv2/elbv2-client.ts";
import type { EcsClient } from "./ecs-client.ts";
import { eventOf, isSteady, type TaskSetTrouble, taskSetsOf } from "./service-facts.ts";
import { endedTasks } from "./stop-reasons.ts";
import { unhealthyWords } from "./target-health.ts";

export interface TroubleCalls {
  readonly ecs: AwsCaller<EcsClient>;
  readonly elbv2: AwsCaller<Elbv2Client>;
  readonly optional: OptionalCall;
  /** Whose rights they are: what one role may not do, another may. */
  readonly roleName: string;
}

/** ECS describes no more tasks in one call, and the newest say enough. */
const MAX_TASKS = 100;

/**
 * Of each task set that is not steady, what keeps it from being so: its service's events, why its tasks stop, what health checks answer.
 * The last two are beyond the rights of AWS's managed role: where they are refused, that is what is said.
 */
export async function taskSetTroubles(
  service: Service,
  calls: TroubleCalls,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TaskSetTrouble>> {
  const unsteady = taskSetsOf(service).filter((taskSet) => !isSteady(taskSet) && taskSet.status !== "DRAINING");
  if (unsteady.length === 0) return new Map();
  const stopped = await stoppedTasks(service, calls, signal);
  const troubles = unsteady.map(async (taskSet) => {
    const { id = "" } = taskSet;
    const targets = await targetHealth(taskSet, calls, signal);
    return [id, troubleOf(service, taskSet, stopped, targets)] as const;
  });
  return new Map(await Promise.all(troubles));
}

function troubleOf(
  service: Service,
  taskSet: TaskSet,
  stopped: OptionalAnswer<readonly Task[]>,
  targets: OptionalAnswer<readonly TargetHealthDescription[]>,
): TaskSetTrouble {
  const ended = stopped.outcome === "read" ? endedTasks(stopped.value, taskSet.id ?? "") : undefined;
  const known = [
    ended?.reason ?? "",
    eventOf(service, taskSet),
    targets.outcome === "read" ? unhealthyWords(targets.value) : "",
  ].filter(Boolean);
  const unknown = [
    stopped.outcome === "unread" ? `why tasks stop is not known (${stopped.reason})` : "",
    targets.outcome === "unread" ? `what health checks answer is not known (${targets.reason})` : "",
  ].filter(Boolean);
  const words = known.length > 0 ? known : ["its tasks are starting"];
  return { failedTasks: ended?.failedTasks ?? 0, detail: [...words, ...unknown].join("; ") };
}

async function stoppedTasks(
  { clusterArn, serviceName, serviceArn }: Service,
  { ecs, optional, roleName }: TroubleCalls,
  signal: AbortSignal,
): Promise<OptionalAnswer<readonly Task[]>> {
  const input = { cluster: clusterArn, serviceName: serviceName ?? serviceArn, desiredStatus: "STOPPED" } as const;
  return optional(`${roleName} ListTasks`, signal, async () => {
    const { taskArns: tasks = [] } = await ecs("ListTasks", signal, (client, options) =>
      client.listTasks({ ...input, maxResults: MAX_TASKS }, options),
    );
    if (tasks.length === 0) return [];
    const answer = await ecs("DescribeTasks", signal, (client, options) =>
      client.describeTasks({ cluster: clusterArn, tasks }, options),
    );
    return answer.tasks ?? [];
  });
}

async function targetHealth(
  { loadBalancers = [] }: TaskSet,
  { elbv2, optional, roleName }: TroubleCalls,
  signal: AbortSignal,
): Promise<OptionalAnswer<readonly TargetHealthDescription[]>> {
  const TargetGroupArn = loadBalancers[0]?.targetGroupArn;
  if (TargetGroupArn === undefined) return { outcome: "read", value: [] };
  return optional(`${roleName} DescribeTargetHealth`, signal, async () => {
    const answer = await elbv2("DescribeTargetHealth", signal, (client, options) =>
      client.describeTargetHealth({ TargetGroupArn }, options),
    );
    return answer.TargetHealthDescriptions ?? [];
  });
}
