import type { GetDeploymentInput, GetDeploymentOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { deploymentInfos } from "../views/deployment-info.ts";

export const getDeployment: CodeDeployOperation<GetDeploymentInput, GetDeploymentOutput> = async (
  input,
  { store: { db }, liveness },
) => {
  const deployment = await requireDeployment(db, requireDeploymentId(input.deploymentId));
  const [deploymentInfo] = await deploymentInfos(db, [deployment], liveness.trouble());
  return { deploymentInfo };
};
