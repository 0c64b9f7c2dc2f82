import type { CreateTaskSetRequest, CreateTaskSetResponse } from "@aws-sdk/client-ecs";
import { createTaskSet as makeTaskSet } from "../../../services/change-task-sets.ts";
import { newTaskSetId } from "../../../services/new-task-set-id.ts";
import { SERVICE_DEFINITION, TASK_SET_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import type { ServiceRow } from "../../../store/ecs/services.ts";
import { type TaskSetRow, taskSetsOfServices } from "../../../store/ecs/task-sets.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { arnOfDefinition, requireActiveDefinition } from "../checks/found.ts";
import { readLaunchType } from "../checks/launch-type.ts";
import { invalid, requireSupported } from "../checks/member-rules.ts";
import { readNetwork } from "../checks/network-input.ts";
import { CREATE_TASK_SET_RULES } from "../checks/service-members.ts";
import { readTags } from "../checks/tag-input.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { readLoadBalancer } from "../services/load-balancer-input.ts";
import { changedTaskSet } from "./changed-task-set.ts";
import { readScale } from "./scale-input.ts";

export const MAX_EXTERNAL_ID_CHARACTERS = 255;

/** For each external id there is one: asking again answers the one that is there. */
export const createTaskSet: EcsOperation<CreateTaskSetRequest, CreateTaskSetResponse> = async (input, context) => {
  requireSupported(input, CREATE_TASK_SET_RULES, context.services.place);
  const { cluster, service, externalId = null, clientToken = null } = input;
  if (externalId !== null && externalId.length > MAX_EXTERNAL_ID_CHARACTERS) {
    throw invalid(`externalId has ${externalId.length} characters: at most ${MAX_EXTERNAL_ID_CHARACTERS} are allowed.`);
  }
  const scalePercent = readScale(input.scale ?? { value: 100 });
  const tags = readTags(input.tags);
  const network = readNetwork(input.networkConfiguration);
  const taskSet = await changedTaskSet({ cluster, service }, context, async (transaction, row) => {
    const definition = await requireActiveDefinition(transaction.db, input.taskDefinition, context);
    const loadBalancer = await readLoadBalancer(transaction.db, input.loadBalancers, definition);
    const usual = SERVICE_DEFINITION.read(row).launchType;
    const same = clientToken === null ? undefined : await taskSetOfToken(transaction, row, clientToken);
    if (same) return { outcome: "done", taskSet: same };
    return makeTaskSet(
      transaction,
      row,
      {
        taskSetId: newTaskSetId(context.randomText),
        externalId,
        status: "ACTIVE",
        taskDefinitionArn: arnOfDefinition(definition, context),
        loadBalancer,
        scalePercent,
        definition: {
          launchType: input.launchType === undefined ? usual : readLaunchType(input.launchType),
          clientToken,
          startedBy: "",
          tags,
          ...(network ? { network } : {}),
        },
      },
      context.now(),
    );
  });
  return { taskSet };
};

/** A token that comes again is the same call. */
async function taskSetOfToken(
  { db }: WriteTransaction,
  service: ServiceRow,
  clientToken: string,
): Promise<TaskSetRow | undefined> {
  const taskSets = await taskSetsOfServices(db, [service.service_id]);
  return taskSets.find((taskSet) => TASK_SET_DEFINITION.read(taskSet).clientToken === clientToken);
}
