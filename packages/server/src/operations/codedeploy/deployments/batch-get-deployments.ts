import type { BatchGetDeploymentsInput, BatchGetDeploymentsOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_DEPLOYMENTS } from "@sluice/model/limits.ts";
import { findDeployments } from "../../../store/deployment-history.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { requireDeploymentIds } from "../checks/required-lists.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentInfos } from "../views/deployment-info.ts";

/** In the order asked for; unknown ids are left out. */
export const batchGetDeployments: CodeDeployOperation<BatchGetDeploymentsInput, BatchGetDeploymentsOutput> = async (
  input,
  { store: { db }, liveness },
) => {
  const given = requireDeploymentIds(input.deploymentIds, "deploymentIds");
  checkBatchSize("deploymentIds", given, MAX_BATCH_DEPLOYMENTS);
  const ids = given.map((id) => requireDeploymentId(id, "deploymentIds"));
  const rows = new Map((await findDeployments(db, ids)).map((row) => [row.deployment_id, row]));
  return {
    deploymentsInfo: await deploymentInfos(
      db,
      ids.flatMap((id) => rows.get(id) ?? []),
      liveness.trouble(),
    ),
  };
};
