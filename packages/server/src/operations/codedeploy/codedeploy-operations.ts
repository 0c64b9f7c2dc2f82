import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ON_PREMISES_HANDLERS } from "../on-premises/on-premises-operations.ts";
import { batchGetApplicationRevisions } from "./batch-get-application-revisions.ts";
import { batchGetApplications } from "./batch-get-applications.ts";
import { batchGetDeploymentGroups } from "./batch-get-deployment-groups.ts";
import { batchGetDeploymentInstances } from "./batch-get-deployment-instances.ts";
import { batchGetDeploymentTargets } from "./batch-get-deployment-targets.ts";
import { batchGetDeployments } from "./batch-get-deployments.ts";
import type { CodeDeployOperation } from "./codedeploy-context.ts";
import { continueDeployment, skipWaitTimeForInstanceTermination } from "./continue-deployment.ts";
import { createApplication } from "./create-application.ts";
import { createDeployment } from "./create-deployment.ts";
import { createDeploymentConfig } from "./create-deployment-config.ts";
import { createDeploymentGroup } from "./create-deployment-group.ts";
import { deleteApplication } from "./delete-application.ts";
import { deleteDeploymentConfig } from "./delete-deployment-config.ts";
import { deleteDeploymentGroup } from "./delete-deployment-group.ts";
import { getApplication } from "./get-application.ts";
import { getApplicationRevision } from "./get-application-revision.ts";
import { getDeployment } from "./get-deployment.ts";
import { getDeploymentConfig } from "./get-deployment-config.ts";
import { getDeploymentGroup } from "./get-deployment-group.ts";
import { getDeploymentInstance } from "./get-deployment-instance.ts";
import { getDeploymentTarget } from "./get-deployment-target.ts";
import { listApplicationRevisions } from "./list-application-revisions.ts";
import { listApplications } from "./list-applications.ts";
import { listDeploymentConfigs } from "./list-deployment-configs.ts";
import { listDeploymentGroups } from "./list-deployment-groups.ts";
import { listDeploymentInstances } from "./list-deployment-instances.ts";
import { listDeploymentTargets } from "./list-deployment-targets.ts";
import { listDeployments } from "./list-deployments.ts";
import { listGitHubAccountTokenNames } from "./list-git-hub-account-token-names.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { notImplemented } from "./not-implemented.ts";
import { registerApplicationRevision } from "./register-application-revision.ts";
import { stopDeployment } from "./stop-deployment.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";
import { updateApplication } from "./update-application.ts";
import { updateDeploymentGroup } from "./update-deployment-group.ts";

type Handlers = {
  readonly [Name in keyof CodeDeployOperations]: CodeDeployOperation<
    CodeDeployOperations[Name]["input"],
    CodeDeployOperations[Name]["output"]
  >;
};

/** Every CodeDeploy operation by its name on the wire; the compiler holds the table complete. */
export const CODEDEPLOY_HANDLERS: Handlers = {
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
  DeleteGitHubAccountToken: notImplemented("DeleteGitHubAccountToken"),
  DeleteResourcesByExternalId: notImplemented("DeleteResourcesByExternalId"),
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
  PutLifecycleEventHookExecutionStatus: notImplemented("PutLifecycleEventHookExecutionStatus"),
  RegisterApplicationRevision: registerApplicationRevision,
  SkipWaitTimeForInstanceTermination: skipWaitTimeForInstanceTermination,
  StopDeployment: stopDeployment,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateApplication: updateApplication,
  UpdateDeploymentGroup: updateDeploymentGroup,
};
