import type { BatchGetDeploymentsInput, BatchGetDeploymentsOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_DEPLOYMENTS } from "@sluice/model/limits.ts";
import { findDeployments } from "../../../store/deployment-history.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentInfos } from "../views/deployment-info.ts";

/** In the order asked for; unknown ids are left out. */
export const batchGetDeployments: CodeDeployOperation<BatchGetDeploymentsInput, BatchGetDeploymentsOutput> = async (
  input,
  { store: { db }, liveness },
) => {
  if (!input.deploymentIds?.length) {
    throw new CallerFault(
      "DeploymentIdRequiredException",
      "deploymentIds is missing or empty: name at least one deployment.",
    );
  }
  checkBatchSize("deploymentIds", input.deploymentIds, MAX_BATCH_DEPLOYMENTS);
  const ids = input.deploymentIds.map(requireDeploymentId);
  const rows = new Map((await findDeployments(db, ids)).map((row) => [row.deployment_id, row]));
  return {
    deploymentsInfo: await deploymentInfos(
      db,
      ids.flatMap((id) => rows.get(id) ?? []),
      liveness.trouble(),
    ),
  };
};
