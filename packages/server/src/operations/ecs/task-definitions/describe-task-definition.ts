import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { findDefinition } from "../../../services/task-definitions.ts";
import { TASK_DEFINITION_TAGS } from "../../../store/columns/ecs-columns.ts";
import { readIncluded } from "../checks/included.ts";
import { invalid } from "../checks/member-rules.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { taskDefinitionView } from "../views/task-definition-view.ts";
import { clientFault } from "./definition-fault.ts";

export const describeTaskDefinition: EcsOperation<
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse
> = async ({ taskDefinition, include }, context) => {
  if (!taskDefinition) throw invalid("taskDefinition must be specified: give a family, family:revision or an ARN.");
  const included = readIncluded(include, ["TAGS"]);
  const row = await findDefinition(context.store.db, taskDefinition, context);
  if (!row) throw clientFault("Unable to describe task definition.");
  return {
    taskDefinition: taskDefinitionView(row, context),
    tags: included.has("TAGS") ? [...TASK_DEFINITION_TAGS.read(row)] : [],
  };
};
