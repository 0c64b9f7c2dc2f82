import type { ECSService } from "@aws-sdk/client-codedeploy";
import { ecsTargetId } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Kysely } from "kysely";
import { ecsServiceOf } from "../../../groups/ecs-service-of-group.ts";
import type { EcsServices } from "../../../platforms/ecs-services.ts";
import type { DeploymentGroupFields } from "../../../store/columns/group-columns.ts";
import { listEcsGroups } from "../../../store/deployment-groups.ts";
import type { Database } from "../../../store/schema.ts";

/** One ECS service belongs to one group, however its groups spell it. */
export async function checkEcsServiceIsFree(
  db: Kysely<Database>,
  deploymentGroupId: string,
  fields: DeploymentGroupFields,
): Promise<void> {
  const wanted = ecsServiceOf(fields);
  if (!wanted) return;
  for (const group of await listEcsGroups(db)) {
    if (group.deploymentGroupId === deploymentGroupId) continue;
    const taken = ecsServiceOf(group.fields);
    if (taken && ecsTargetId(taken) === ecsTargetId(wanted)) {
      throw new CallerFault(
        "ECSServiceMappingLimitExceededException",
        `The ECS service ${ecsTargetId(wanted)} belongs to the deployment group ${group.deploymentGroupName} of the application ${group.applicationName}, and a service may be in one group only. Deploy through that group, or delete it first: \`sluice groups delete\`.`,
      );
    }
  }
}

/**
 * What is known of the service when a group is given it. One that does not exist yet, or that nobody can ask about now, is no fault: the
 * start of each deployment looks again.
 */
export async function checkEcsServiceKind(
  ecsServices: readonly ECSService[] | undefined,
  serviceRoleArn: string,
  services: EcsServices,
): Promise<void> {
  const wanted = ecsServiceOf({ ecsServices: [...(ecsServices ?? [])], serviceRoleArn });
  if (!wanted) return;
  const { service } = await services.look(wanted, null);
  if (!service) return;
  const name = ecsTargetId(wanted);
  if (service.controller !== "CODE_DEPLOY") {
    throw new CallerFault(
      "InvalidECSServiceException",
      `Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller. The controller of ${name} is ${service.controller}, and it cannot be changed: create the service anew with --deployment-controller type=CODE_DEPLOY.`,
    );
  }
  if (service.scheduling === "DAEMON") {
    throw new CallerFault(
      "InvalidECSServiceException",
      `The ECS service ${name} has the scheduling strategy DAEMON, which runs one task a machine and cannot be deployed to: give a service with REPLICA.`,
    );
  }
}
