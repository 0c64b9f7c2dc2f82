import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from "@aws-sdk/client-ecs";
import { listTaskDefinitions as listRows } from "../../../store/ecs/task-definitions.ts";
import { NAME_AND_NUMBER_KEY } from "../../listed-page.ts";
import { arnOfDefinition } from "../checks/found.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { readPage, toPage } from "../checks/paging.ts";
import type { EcsOperation } from "../ecs-context.ts";

const LISTING = "ListTaskDefinitions";

/** `familyPrefix` is a whole family's name, in spite of its own. */
export const listTaskDefinitions: EcsOperation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> = async (
  input,
  context,
) => {
  const page = readPage(LISTING, input, NAME_AND_NUMBER_KEY);
  const status = requireOneOf(input.status ?? "ACTIVE", "status", ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"]);
  const sort = requireOneOf(input.sort ?? "ASC", "sort", ["ASC", "DESC"]);
  // Nothing is ever being deleted: DeleteTaskDefinitions is not served.
  if (status === "DELETE_IN_PROGRESS") return { taskDefinitionArns: [] };
  const rows = await listRows(context.store.db, {
    family: input.familyPrefix,
    status,
    isDescending: sort === "DESC",
    after: page.after === null ? null : positionOf(page.after),
    limit: page.limit,
  });
  const { items, nextToken } = toPage(LISTING, rows, page, ({ family, revision }) => `${family}:${revision}`);
  return { taskDefinitionArns: items.map((row) => arnOfDefinition(row, context)), nextToken };
};

function positionOf(key: string): { readonly family: string; readonly revision: number } {
  const [family = "", revision = "0"] = key.split(":");
  return { family, revision: Number(revision) };
}
