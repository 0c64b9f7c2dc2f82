import type { CreateServiceRequest, CreateServiceResponse } from "@aws-sdk/client-ecs";
import { callerArn } from "../../../access/caller-arn.ts";
import { createTaskSet } from "../../../services/change-task-sets.ts";
import { newTaskSetId } from "../../../services/new-task-set-id.ts";
import { SERVICE_DEFINITION, SERVICE_TAGS, type ServiceDefinition } from "../../../store/columns/ecs-columns.ts";
import { findService, insertService, type ServiceRow } from "../../../store/ecs/services.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireEcsName } from "../checks/ecs-names.ts";
import { arnOfDefinition, requireActiveDefinition, requireCluster } from "../checks/found.ts";
import { readLaunchType } from "../checks/launch-type.ts";
import { invalid, requireSupported } from "../checks/member-rules.ts";
import { readNetwork } from "../checks/network-input.ts";
import { requireOneOf } from "../checks/one-of.ts";
import { CREATE_SERVICE_RULES } from "../checks/service-members.ts";
import { readTags } from "../checks/tag-input.ts";
import { changeServices, type EcsContext, type EcsOperation } from "../ecs-context.ts";
import { serviceViews } from "../views/service-view.ts";
import { readLoadBalancer, requireBehindListener } from "./load-balancer-input.ts";
import { readDesiredCount, readGracePeriod } from "./service-count.ts";

/** With its primary task set. A service that is there already, and is the same, is answered as it is. */
export const createService: EcsOperation<CreateServiceRequest, CreateServiceResponse> = async (input, context) => {
  requireSupported(input, CREATE_SERVICE_RULES, context.services.place);
  checkController(input.deploymentController?.type);
  const tags = readTags(input.tags);
  const create = () =>
    changeServices(context, async (transaction) => {
      const asked = await askedService(transaction, input, context);
      const found = await findService(transaction.db, {
        clusterName: asked.cluster_name,
        serviceName: asked.service_name,
      });
      const row = found && found.status !== "INACTIVE" ? sameService(found, asked) : undefined;
      if (row) return row;
      const made = { ...asked, tags_json: SERVICE_TAGS.write(tags) };
      await insertService(transaction.db, made);
      await createPrimary(transaction, made, context);
      return made;
    });
  const row = await create().catch((error) => {
    // Another call made it meanwhile: now it is found.
    if (isUniqueViolation(error)) return create();
    throw error;
  });
  const [service] = await serviceViews(context.store.db, [row], context, true);
  return { service };
};

function checkController(type = "ECS"): void {
  const controller = requireOneOf(type, "deploymentController.type", ["CODE_DEPLOY", "ECS", "EXTERNAL"]);
  if (controller === "CODE_DEPLOY") return;
  throw invalid(
    `deploymentController.type ${controller} is not supported: Sluice runs services whose deployments CodeDeploy makes, and makes no rolling updates of ECS' own. Give --deployment-controller type=CODE_DEPLOY.`,
  );
}

/** The service that the call describes, as a new one without tags. */
async function askedService(
  { db }: WriteTransaction,
  input: CreateServiceRequest,
  context: EcsContext,
): Promise<ServiceRow> {
  const { cluster_name } = await requireCluster(db, input.cluster, context);
  const service_name = requireEcsName(input.serviceName, "serviceName");
  const definition = await requireActiveDefinition(db, input.taskDefinition, context);
  const loadBalancer = await readLoadBalancer(db, input.loadBalancers, definition);
  await requireBehindListener(db, loadBalancer);
  const network = readNetwork(input.networkConfiguration);
  if (input.desiredCount === undefined) throw invalid("desiredCount must be specified: give the number of tasks.");
  const body: ServiceDefinition = {
    taskDefinitionArn: arnOfDefinition(definition, context),
    loadBalancers: [loadBalancer],
    launchType: readLaunchType(input.launchType),
    healthCheckGracePeriodSeconds: readGracePeriod(input.healthCheckGracePeriodSeconds),
    clientToken: input.clientToken ?? null,
    createdBy: callerArn(context.principal, context.accountId),
    ...(network ? { network } : {}),
  };
  return {
    service_id: context.randomUuid(),
    cluster_name,
    service_name,
    status: "ACTIVE",
    desired_count: readDesiredCount(input.desiredCount),
    created_at: context.now(),
    inactive_at: null,
    definition_json: SERVICE_DEFINITION.write(body),
    tags_json: SERVICE_TAGS.write([]),
  };
}

/** In AWS' words. The same call again, with the same token or with none, is the same service. */
function sameService(found: ServiceRow, asked: ServiceRow): ServiceRow {
  if (found.status === "DRAINING") throw invalid("Unable to Start a service that is still Draining.");
  const [was, is] = [SERVICE_DEFINITION.read(found), SERVICE_DEFINITION.read(asked)];
  const body = ({ createdBy: _, clientToken: __, ...rest }: ServiceDefinition) => JSON.stringify(rest);
  const isSame = found.desired_count === asked.desired_count && body(was) === body(is);
  if (isSame && (is.clientToken === null || is.clientToken === was.clientToken)) return found;
  // A token that comes again is the same call, whatever became of the service since.
  if (is.clientToken !== null && is.clientToken === was.clientToken) return found;
  throw invalid(
    `Creation of service was not idempotent. The service ${asked.service_name} is in the cluster ${asked.cluster_name} already: choose another name, or change it with update-service.`,
  );
}

async function createPrimary(
  transaction: WriteTransaction,
  service: ServiceRow,
  { now, randomText }: EcsContext,
): Promise<void> {
  const { taskDefinitionArn, loadBalancers, launchType, clientToken, network } = SERVICE_DEFINITION.read(service);
  const made = await createTaskSet(
    transaction,
    service,
    {
      taskSetId: newTaskSetId(randomText),
      externalId: null,
      status: "PRIMARY",
      taskDefinitionArn,
      loadBalancer: loadBalancers[0] ?? null,
      scalePercent: 100,
      definition: { launchType, clientToken, startedBy: "", tags: [], ...(network ? { network } : {}) },
    },
    now(),
  );
  if (made.outcome !== "done") throw invalid("The service's first task set could not be made.");
}
