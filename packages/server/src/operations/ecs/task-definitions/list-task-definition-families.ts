import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from "@aws-sdk/client-ecs";
import { listFamilies } from "../../../store/ecs/task-definitions.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { namedPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

export const listTaskDefinitionFamilies: EcsOperation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = async (input, context) => {
  const page = namedPage("ListTaskDefinitionFamilies", input, context);
  const [after] = page.after ?? [""];
  const read = await listFamilies(context.store.db, {
    prefix: input.familyPrefix ?? "",
    status: requireOneOf(input.status ?? "ACTIVE", "status", ["ACTIVE", "INACTIVE", "ALL"]),
    after,
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(read, (family) => [family]);
  return { families: [...items], nextToken };
};
