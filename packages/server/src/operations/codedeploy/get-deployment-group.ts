import type { GetDeploymentGroupInput, GetDeploymentGroupOutput } from "@aws-sdk/client-codedeploy";
import type { CodeDeployOperation } from "./codedeploy-context.ts";
import { deploymentGroupInfos } from "./deployment-group-info.ts";
import { requireApplication, requireDeploymentGroup } from "./known-resources.ts";
import { requireApplicationName, requireDeploymentGroupName } from "./required-names.ts";

export const getDeploymentGroup: CodeDeployOperation<GetDeploymentGroupInput, GetDeploymentGroupOutput> = async (
  input,
  { store: { db } },
) => {
  const applicationName = requireApplicationName(input.applicationName);
  const name = requireDeploymentGroupName(input.deploymentGroupName);
  const application = await requireApplication(db, applicationName);
  const group = await requireDeploymentGroup(db, application, name);
  const [deploymentGroupInfo] = await deploymentGroupInfos(db, application, [group]);
  return { deploymentGroupInfo };
};
