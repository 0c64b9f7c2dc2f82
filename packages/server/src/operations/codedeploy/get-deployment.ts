import type { GetDeploymentInput, GetDeploymentOutput } from "@aws-sdk/client-codedeploy";
import type { CodeDeployOperation } from "./codedeploy-context.ts";
import { deploymentInfos } from "./deployment-info.ts";
import { requireDeployment } from "./known-resources.ts";
import { requireDeploymentId } from "./required-names.ts";

export const getDeployment: CodeDeployOperation<GetDeploymentInput, GetDeploymentOutput> = async (
  input,
  { store: { db }, liveness },
) => {
  const deployment = await requireDeployment(db, requireDeploymentId(input.deploymentId));
  const [deploymentInfo] = await deploymentInfos(db, [deployment], liveness.trouble());
  return { deploymentInfo };
};
