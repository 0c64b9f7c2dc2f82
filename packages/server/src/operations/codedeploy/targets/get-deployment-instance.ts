import type { GetDeploymentInstanceInput, GetDeploymentInstanceOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { findTargets, hostOf } from "../../../store/target-listing.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import { requireInstanceId } from "../checks/target-ids.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { instanceSummary } from "../views/target-info.ts";
import { requireHosts } from "./target-input.ts";

/** The older GetDeploymentTarget. */
export const getDeploymentInstance: CodeDeployOperation<
  GetDeploymentInstanceInput,
  GetDeploymentInstanceOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const instanceId = await requireInstanceId(db, input.instanceId);
  requireHosts(await requireDeployment(db, deploymentId));
  const [target] = await findTargets(db, deploymentId, [instanceId]);
  const found = hostOf(target);
  if (!found) {
    throw new CallerFault(
      "InstanceDoesNotExistException",
      `The deployment ${deploymentId} has no instance ${instanceId}: \`sluice deployments show ${deploymentId}\` lists those that it has.`,
    );
  }
  return { instanceSummary: instanceSummary(context, deploymentId, found) };
};
