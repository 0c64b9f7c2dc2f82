import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { TASK_DEFINITION, TASK_DEFINITION_TAGS } from "../../../store/columns/ecs-columns.ts";
import { insertTaskDefinition, nextRevision, type TaskDefinitionRow } from "../../../store/ecs/task-definitions.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireEcsName } from "../checks/ecs-names.ts";
import { requireSupported } from "../checks/member-rules.ts";
import { readTags } from "../checks/tag-input.ts";
import { TASK_DEFINITION_RULES } from "../checks/task-definition-members.ts";
import { changeServices, type EcsContext, type EcsOperation } from "../ecs-context.ts";
import { taskDefinitionView } from "../views/task-definition-view.ts";
import { checkMountedFolders } from "./mounted-folders.ts";
import { readTaskDefinition } from "./read-task-definition.ts";

/** Two that register a family at once both want its next revision: the slower one takes the one after that. */
const ATTEMPTS = 10;

export const registerTaskDefinition: EcsOperation<
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse
> = async (input, context) => {
  requireSupported(input, TASK_DEFINITION_RULES, context.services.place);
  const family = requireEcsName(input.family, "family");
  const { place } = context.services;
  const definition = readTaskDefinition(input, place);
  await checkMountedFolders(definition, place);
  const tags = readTags(input.tags);
  const row = await insert(context, {
    family,
    status: "ACTIVE",
    registered_at: context.now(),
    deregistered_at: null,
    definition_json: TASK_DEFINITION.write(definition),
    tags_json: TASK_DEFINITION_TAGS.write(tags),
  });
  return { taskDefinition: taskDefinitionView(row, context), tags: [...tags] };
};

async function insert(context: EcsContext, row: Omit<TaskDefinitionRow, "revision">): Promise<TaskDefinitionRow> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await changeServices(context, async ({ db }) => {
        const numbered = { ...row, revision: await nextRevision(db, row.family) };
        await insertTaskDefinition(db, numbered);
        return numbered;
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !isUniqueViolation(error)) throw error;
    }
  }
}
