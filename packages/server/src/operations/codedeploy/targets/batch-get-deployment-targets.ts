import type { BatchGetDeploymentTargetsInput, BatchGetDeploymentTargetsOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_TARGETS } from "@sluice/model/limits.ts";
import { findTargets } from "../../../store/target-listing.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import { requireTargetIds } from "../checks/required-lists.ts";
import { requireTargetId } from "../checks/target-ids.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentTarget } from "../views/target-info.ts";
import { targetMissing } from "./get-deployment-target.ts";
import { requireStarted } from "./target-input.ts";

/** In the order asked for. One unknown target fails the whole batch. */
export const batchGetDeploymentTargets: CodeDeployOperation<
  BatchGetDeploymentTargetsInput,
  BatchGetDeploymentTargetsOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const given = requireTargetIds(input.targetIds, "targetIds");
  checkBatchSize("targetIds", given, MAX_BATCH_TARGETS, "DeploymentTargetListSizeExceededException");
  const targetIds = given.map((id) => requireTargetId(id, "targetIds"));
  const deployment = await requireDeployment(db, deploymentId);
  await requireStarted(db, deployment);
  const found = await findTargets(db, deploymentId, targetIds);
  const byId = new Map(found.map((entry) => [entry.target.targetId, entry]));
  const entries = targetIds.map((targetId) => {
    const entry = byId.get(targetId);
    if (entry) return entry;
    throw targetMissing(deploymentId, targetId);
  });
  return {
    deploymentTargets: await Promise.all(entries.map((entry) => deploymentTarget(context, deployment, entry))),
  };
};
