import type { GetDeploymentGroupInput, GetDeploymentGroupOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { requireApplication, requireDeploymentGroup } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentGroupInfos } from "../views/deployment-group-info.ts";

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
