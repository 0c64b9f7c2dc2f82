import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from "@aws-sdk/client-ecs";
import { listFamilies } from "../../../store/ecs/task-definitions.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { readPage, toPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

const LISTING = "ListTaskDefinitionFamilies";

export const listTaskDefinitionFamilies: EcsOperation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = async (input, { store }) => {
  const page = readPage(LISTING, input);
  const read = await listFamilies(store.db, {
    prefix: input.familyPrefix ?? "",
    status: requireOneOf(input.status ?? "ACTIVE", "status", ["ACTIVE", "INACTIVE", "ALL"]),
    after: page.after ?? "",
    limit: page.limit,
  });
  const { items, nextToken } = toPage(LISTING, read, page, (family) => family);
  return { families: [...items], nextToken };
};
