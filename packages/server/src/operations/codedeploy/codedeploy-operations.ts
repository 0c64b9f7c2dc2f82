import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ON_PREMISES_HANDLERS } from "../on-premises/on-premises-operations.ts";
import { batchGetApplications } from "./applications/batch-get-applications.ts";
import { createApplication } from "./applications/create-application.ts";
import { deleteApplication } from "./applications/delete-application.ts";
import { getApplication } from "./applications/get-application.ts";
import { listApplications } from "./applications/list-applications.ts";
import { updateApplication } from "./applications/update-application.ts";
import { checkRequiredMembers } from "./checks/required-members.ts";
import type { CodeDeployOperation } from "./codedeploy-context.ts";
import { createDeploymentConfig } from "./deployment-configs/create-deployment-config.ts";
import { deleteDeploymentConfig } from "./deployment-configs/delete-deployment-config.ts";
import { getDeploymentConfig } from "./deployment-configs/get-deployment-config.ts";
import { listDeploymentConfigs } from "./deployment-configs/list-deployment-configs.ts";
import { batchGetDeploymentGroups } from "./deployment-groups/batch-get-deployment-groups.ts";
import { createDeploymentGroup } from "./deployment-groups/create-deployment-group.ts";
import { deleteDeploymentGroup } from "./deployment-groups/delete-deployment-group.ts";
import { getDeploymentGroup } from "./deployment-groups/get-deployment-group.ts";
import { listDeploymentGroups } from "./deployment-groups/list-deployment-groups.ts";
import { updateDeploymentGroup } from "./deployment-groups/update-deployment-group.ts";
import { batchGetDeployments } from "./deployments/batch-get-deployments.ts";
import { continueDeployment, skipWaitTimeForInstanceTermination } from "./deployments/continue-deployment.ts";
import { createDeployment } from "./deployments/create-deployment.ts";
import { getDeployment } from "./deployments/get-deployment.ts";
import { listDeployments } from "./deployments/list-deployments.ts";
import { putLifecycleEventHookExecutionStatus } from "./deployments/put-lifecycle-event-hook-execution-status.ts";
import { stopDeployment } from "./deployments/stop-deployment.ts";
import { deleteResourcesByExternalId } from "./external-ids/delete-resources-by-external-id.ts";
import { deleteGitHubAccountToken } from "./git-hub-tokens/delete-git-hub-account-token.ts";
import { listGitHubAccountTokenNames } from "./git-hub-tokens/list-git-hub-account-token-names.ts";
import { batchGetApplicationRevisions } from "./revisions/batch-get-application-revisions.ts";
import { getApplicationRevision } from "./revisions/get-application-revision.ts";
import { listApplicationRevisions } from "./revisions/list-application-revisions.ts";
import { registerApplicationRevision } from "./revisions/register-application-revision.ts";
import { listTagsForResource } from "./tags/list-tags-for-resource.ts";
import { tagResource } from "./tags/tag-resource.ts";
import { untagResource } from "./tags/untag-resource.ts";
import { batchGetDeploymentInstances } from "./targets/batch-get-deployment-instances.ts";
import { batchGetDeploymentTargets } from "./targets/batch-get-deployment-targets.ts";
import { getDeploymentInstance } from "./targets/get-deployment-instance.ts";
import { getDeploymentTarget } from "./targets/get-deployment-target.ts";
import { listDeploymentInstances } from "./targets/list-deployment-instances.ts";
import { listDeploymentTargets } from "./targets/list-deployment-targets.ts";

type Handlers = {
  readonly [Name in keyof CodeDeployOperations]: CodeDeployOperation<
    CodeDeployOperations[Name]["input"],
    CodeDeployOperations[Name]["output"]
  >;
};

/** Every CodeDeploy operation by its name on the wire; the compiler holds the table complete. */
export const CODEDEPLOY_HANDLERS: Handlers = afterRequiredMembers({
  ...ON_PREMISES_HANDLERS,
  BatchGetApplicationRevisions: batchGetApplicationRevisions,
  BatchGetApplications: batchGetApplications,
  BatchGetDeploymentGroups: batchGetDeploymentGroups,
  BatchGetDeploymentInstances: batchGetDeploymentInstances,
  BatchGetDeploymentTargets: batchGetDeploymentTargets,
  BatchGetDeployments: batchGetDeployments,
  ContinueDeployment: continueDeployment,
  CreateApplication: createApplication,
  CreateDeployment: createDeployment,
  CreateDeploymentConfig: createDeploymentConfig,
  CreateDeploymentGroup: createDeploymentGroup,
  DeleteApplication: deleteApplication,
  DeleteDeploymentConfig: deleteDeploymentConfig,
  DeleteDeploymentGroup: deleteDeploymentGroup,
  DeleteGitHubAccountToken: deleteGitHubAccountToken,
  DeleteResourcesByExternalId: deleteResourcesByExternalId,
  GetApplication: getApplication,
  GetApplicationRevision: getApplicationRevision,
  GetDeployment: getDeployment,
  GetDeploymentConfig: getDeploymentConfig,
  GetDeploymentGroup: getDeploymentGroup,
  GetDeploymentInstance: getDeploymentInstance,
  GetDeploymentTarget: getDeploymentTarget,
  ListApplicationRevisions: listApplicationRevisions,
  ListApplications: listApplications,
  ListDeploymentConfigs: listDeploymentConfigs,
  ListDeploymentGroups: listDeploymentGroups,
  ListDeploymentInstances: listDeploymentInstances,
  ListDeploymentTargets: listDeploymentTargets,
  ListDeployments: listDeployments,
  ListGitHubAccountTokenNames: listGitHubAccountTokenNames,
  ListTagsForResource: listTagsForResource,
  PutLifecycleEventHookExecutionStatus: putLifecycleEventHookExecutionStatus,
  RegisterApplicationRevision: registerApplicationRevision,
  SkipWaitTimeForInstanceTermination: skipWaitTimeForInstanceTermination,
  StopDeployment: stopDeployment,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateApplication: updateApplication,
  UpdateDeploymentGroup: updateDeploymentGroup,
});

/** What an input lacks is said first, whatever else is wrong with it. */
function afterRequiredMembers(handlers: Handlers): Handlers {
  const entries = Object.entries(handlers) as [keyof Handlers, CodeDeployOperation<object, object>][];
  const checked = entries.map(([operation, handle]): [string, typeof handle] => [
    operation,
    async (input, context) => {
      checkRequiredMembers(operation, input);
      return handle(input, context);
    },
  ]);
  return Object.fromEntries(checked) as unknown as Handlers;
}
