import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { namedResource } from "../checks/ecs-names.ts";

/** Of an id or an ARN; undefined: it can be no task of this cluster. */
export function taskIdOf(text: string, clusterName: string, scope: ArnScope): string | undefined {
  const named = namedResource(text, "task", scope);
  if (typeof named !== "object") return named;
  return named.clusterName === clusterName ? named.taskId : undefined;
}
