import {
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  RegisterApplicationRevisionCommand,
  type RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import type { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { until } from "../../installation/until.fixture.ts";
import { runTool, type ToolRun } from "./tool-run.fixture.ts";

export interface DeployAction {
  readonly application: string;
  readonly group: string;
  readonly revision: RevisionLocation;
}

/**
 * The deploy action of CodePipeline, by the permissions that its role is given: codedeploy:GetApplication, GetApplicationRevision,
 * RegisterApplicationRevision, CreateDeployment, GetDeployment, GetDeploymentConfig and GetDeploymentGroup. Its artifact is an object of a bucket
 * with versions, which it names by version and ETag; a failure shows the code and the message of the deployment.
 */
export function runDeployAction({ client }: CodeDeploy, action: DeployAction): Promise<ToolRun> {
  return runTool([client], async (say) => {
    const { application: applicationName, group: deploymentGroupName, revision } = action;
    const names = { applicationName, deploymentGroupName };
    await client.send(new GetApplicationCommand({ applicationName }));
    const { deploymentGroupInfo } = await client.send(new GetDeploymentGroupCommand(names));
    const { deploymentConfigName = "" } = deploymentGroupInfo ?? {};
    await client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
    try {
      await client.send(new GetApplicationRevisionCommand({ applicationName, revision }));
    } catch (error) {
      if ((error as Error).name !== "RevisionDoesNotExistException") throw error;
      await client.send(new RegisterApplicationRevisionCommand({ applicationName, revision }));
    }
    const { deploymentId } = await client.send(new CreateDeploymentCommand({ ...names, revision }));
    const info = await until(`the end of ${deploymentId}`, async () => {
      const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
      return deploymentInfo?.completeTime !== undefined && deploymentInfo;
    });
    say(`${deploymentId} ${info.status}`);
    if (info.status !== "Succeeded")
      throw new Error(`${info.errorInformation?.code}: ${info.errorInformation?.message}`);
  });
}
