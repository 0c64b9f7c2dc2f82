import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from "@aws-sdk/client-ecs";
import { listTaskDefinitions as listRows } from "../../../store/ecs/task-definitions.ts";
import { arnOfDefinition } from "../checks/found.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { ecsPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

/** `familyPrefix` is a whole family's name, in spite of its own. */
export const listTaskDefinitions: EcsOperation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> = async (
  input,
  context,
) => {
  const page = ecsPage("ListTaskDefinitions", input, context, ["string", "number"]);
  const status = requireOneOf(input.status ?? "ACTIVE", "status", ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"]);
  const sort = requireOneOf(input.sort ?? "ASC", "sort", ["ASC", "DESC"]);
  // Nothing is ever being deleted: DeleteTaskDefinitions is not served.
  if (status === "DELETE_IN_PROGRESS") return { taskDefinitionArns: [] };
  const rows = await listRows(context.store.db, {
    family: input.familyPrefix,
    status,
    isDescending: sort === "DESC",
    after: page.after === undefined ? null : { family: page.after[0], revision: page.after[1] },
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(rows, ({ family, revision }) => [family, revision]);
  return { taskDefinitionArns: items.map((row) => arnOfDefinition(row, context)), nextToken };
};
