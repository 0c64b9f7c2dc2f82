import type { DeleteDeploymentConfigInput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { requireDeploymentConfigName } from "@sluice/model/input-checks/required-names.ts";
import { predefinedDeploymentConfig } from "@sluice/model/predefined-deployment-configs.ts";
import { removeDeploymentConfig } from "../../../store/deployment-configs.ts";
import { groupUsingConfig } from "../../../store/deployment-groups.ts";
import type { CodeDeployOperation, NoOutput } from "../codedeploy-context.ts";

/** An unknown name is a success: the API has no fault for it here. Deployments took what they need when they were created. */
export const deleteDeploymentConfig: CodeDeployOperation<DeleteDeploymentConfigInput, NoOutput> = async (
  input,
  { store },
) => {
  const name = requireDeploymentConfigName(input.deploymentConfigName);
  if (predefinedDeploymentConfig(name)) {
    throw new CallerFault(
      "InvalidOperationException",
      `The deployment configuration ${name} is predefined and cannot be deleted. Leave it: it does not count as one of your own.`,
    );
  }
  await store.write(async ({ db }) => {
    const user = await groupUsingConfig(db, name);
    if (user) {
      throw new CallerFault(
        "DeploymentConfigInUseException",
        `The deployment configuration ${name} is still in use by the deployment group ${user.deploymentGroupName} of the application ${user.applicationName}: give that another one first, with \`sluice groups update\`.`,
      );
    }
    await removeDeploymentConfig(db, name);
  });
  return {};
};
