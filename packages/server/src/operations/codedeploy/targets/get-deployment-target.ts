import type { GetDeploymentTargetInput, GetDeploymentTargetOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { findTargets } from "../../../store/target-listing.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import { requireTargetId } from "../checks/target-ids.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentTarget } from "../views/target-info.ts";
import { requireStarted } from "./target-input.ts";

export const getDeploymentTarget: CodeDeployOperation<GetDeploymentTargetInput, GetDeploymentTargetOutput> = async (
  input,
  context,
) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const targetId = requireTargetId(input.targetId);
  const deployment = await requireDeployment(db, deploymentId);
  await requireStarted(db, deployment);
  const [found] = await findTargets(db, deploymentId, [targetId]);
  if (!found) throw targetMissing(deploymentId, targetId);
  return { deploymentTarget: await deploymentTarget(context, deployment, found) };
};

export function targetMissing(deploymentId: string, targetId: string): CallerFault {
  return new CallerFault(
    "DeploymentTargetDoesNotExistException",
    `The deployment ${deploymentId} has no target ${targetId}: \`sluice deployments show ${deploymentId}\` lists those that it has.`,
  );
}
