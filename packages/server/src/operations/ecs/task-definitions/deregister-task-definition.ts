import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { findDefinition } from "../../../services/task-definitions.ts";
import { changeTaskDefinition } from "../../../store/ecs/task-definitions.ts";
import { invalid } from "../checks/member-rules.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { taskDefinitionView } from "../views/task-definition-view.ts";
import { clientFault } from "./definition-fault.ts";

/** What runs goes on, and its tasks are replaced as before. One that was deregistered stays so. */
export const deregisterTaskDefinition: EcsOperation<
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse
> = async ({ taskDefinition }, context) => {
  if (!taskDefinition || !/:\d+$/.test(taskDefinition)) {
    throw invalid("taskDefinition must be family:revision or an ARN: a family alone does not say which revision.");
  }
  return changeServices(context, async ({ db }) => {
    const row = await findDefinition(db, taskDefinition, context);
    if (!row) throw clientFault("The specified task definition does not exist.");
    if (row.status === "INACTIVE") return { taskDefinition: taskDefinitionView(row, context) };
    const change = { status: "INACTIVE", deregistered_at: context.now() } as const;
    await changeTaskDefinition(db, row, change);
    return { taskDefinition: taskDefinitionView({ ...row, ...change }, context) };
  });
};
