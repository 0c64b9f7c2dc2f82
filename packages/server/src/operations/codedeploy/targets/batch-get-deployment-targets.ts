import type { BatchGetDeploymentTargetsInput, BatchGetDeploymentTargetsOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { MAX_BATCH_TARGETS } from "@sluice/model/limits.ts";
import { findTargets } from "../../../store/target-listing.ts";
import { checkBatchSize } from "../checks/batch-size.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentTarget } from "../views/target-info.ts";
import { targetMissing } from "./get-deployment-target.ts";
import { requireStarted, requireTargetId } from "./target-input.ts";

/** In the order asked for. One unknown target fails the whole batch. */
export const batchGetDeploymentTargets: CodeDeployOperation<
  BatchGetDeploymentTargetsInput,
  BatchGetDeploymentTargetsOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  if (!input.targetIds?.length) {
    throw new CallerFault(
      "DeploymentTargetIdRequiredException",
      "targetIds is missing or empty: name at least one target.",
    );
  }
  checkBatchSize("targetIds", input.targetIds, MAX_BATCH_TARGETS, "DeploymentTargetListSizeExceededException");
  const targetIds = input.targetIds.map((id) => requireTargetId(id, "targetIds"));
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
