import type { SluiceClient } from "@sluice/wire/client/clients.ts";

/** What the policy of one's own allows; one of its actions is a slip, of which pages warn. */
const DEPLOY_CHECKOUT = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Deploy",
      Effect: "Allow",
      Action: ["codedeploy:CreateDeployment", "codedeploy:CreateDeploymnt"],
      Resource: "arn:aws:codedeploy:*:*:deploymentgroup:checkout/*",
    },
    { Sid: "Look", Effect: "Allow", Action: ["codedeploy:Get*", "codedeploy:List*"], Resource: "*" },
  ],
};

/** People and a pipeline with keys of their own, and a policy. @param mark stands in what people write */
export async function createIdentities(sluice: SluiceClient, mark: string): Promise<void> {
  const document = JSON.stringify(DEPLOY_CHECKOUT, undefined, 2);
  await sluice.call("PutPolicy", { policyName: "DeployCheckout", description: `Deploys the shop${mark}`, document });
  await sluice.call("PutRole", {
    roleName: "on-call",
    description: `For the night${mark}`,
    policyNames: ["SluiceOperator"],
  });
  const user = { role: "user", expiresAt: new Date(Date.now() + 30 * 86_400_000) };
  await sluice.call("CreateAccessKey", { ...user, userName: "ada", policyNames: ["DeployCheckout", "SluiceViewer"] });
  const pipeline = await sluice.call("CreateAccessKey", {
    ...user,
    userName: "pipeline",
    policyNames: ["AWSCodeDeployDeployerAccess"],
    description: `Deploys on every merge${mark}`,
  });
  await sluice.call("UpdateAccessKey", { accessKeyId: pipeline.accessKey.accessKeyId, status: "Inactive" });
}
