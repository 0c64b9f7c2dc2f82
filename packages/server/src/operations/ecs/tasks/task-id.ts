import { namedResource } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";

/** Of an id or an ARN; undefined: it can be no task of this cluster. */
export function taskIdOf(text: string, clusterName: string, scope: ArnScope): string | undefined {
  const named = namedResource(text, "task", scope);
  if (typeof named !== "object") return named;
  return named.clusterName === clusterName ? named.taskId : undefined;
}
