import {
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDeploymentGroupCommand,
  DeleteDeploymentGroupCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  type RevisionLocation,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
  waitUntilDeploymentSuccessful,
} from "@aws-sdk/client-codedeploy";
import type { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { POLLS, runTool, type ToolRun } from "./tool-run.fixture.ts";

export interface BranchJob {
  readonly application: string;
  readonly branch: string;
  /** Passed on as they stand in the branch's part of appspec.yml. */
  readonly groupSettings: Omit<UpdateDeploymentGroupCommandInput, "applicationName" | "currentDeploymentGroupName">;
  readonly deploymentSettings?: Partial<CreateDeploymentCommandInput>;
  readonly revision: RevisionLocation;
  /** Of the workflow. Without it the description is empty, and not absent. */
  readonly runNumber?: number;
}

const MAX_TRIES = 5;
/** How it finds the deployment that is in its way: nothing else in the answer names it. */
const OTHER_DEPLOYMENT = /(?:is already deploying|already has an active Deployment) '(d-\w+)'/;

/** A branch's name as a group's: the first of several slashes becomes two dashes, the others stay. */
export function groupOf(branch: string): string {
  return branch.replace(/[^a-z0-9-/]+/gi, "-").replace(/\/+/, "--");
}

/**
 * What webfactory's action create-aws-codedeploy-deployment does: a deployment group for each branch, updated or else created; no deployment
 * after one of a later run; and where another one is active, a wait for its end and a new try.
 *
 * @param log gets its lines as they come
 */
export function runBranchAction({ client }: CodeDeploy, job: BranchJob, log: string[] = []): Promise<ToolRun> {
  return runTool(
    [client],
    async (say) => {
      const names = { applicationName: job.application, deploymentGroupName: groupOf(job.branch) };
      const { applicationName, deploymentGroupName } = names;
      try {
        const change = { ...job.groupSettings, applicationName, currentDeploymentGroupName: deploymentGroupName };
        await client.send(new UpdateDeploymentGroupCommand(change));
      } catch (error) {
        if ((error as Error).name !== "DeploymentGroupDoesNotExistException") throw error;
        const { serviceRoleArn = "", ...settings } = job.groupSettings;
        await client.send(new CreateDeploymentGroupCommand({ ...settings, serviceRoleArn, ...names }));
        say("created the group");
      }
      const description = job.runNumber === undefined ? "" : `run_number=${job.runNumber}`;
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        if (job.runNumber !== undefined) {
          const { deploymentGroupInfo } = await client.send(new GetDeploymentGroupCommand(names));
          const { deploymentId } = deploymentGroupInfo?.lastAttemptedDeployment ?? {};
          if (deploymentId) {
            const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
            const last = Number(/run_number=(\d+)/.exec(deploymentInfo?.description ?? "")?.[1] ?? 0);
            if (last > job.runNumber) throw new Error(`run ${last} came before`);
          }
        }
        let deploymentId: string | undefined;
        try {
          const input = { ...job.deploymentSettings, ...names, description, revision: job.revision };
          deploymentId = (await client.send(new CreateDeploymentCommand(input))).deploymentId;
        } catch (error) {
          const { name, message } = error as Error;
          const [, other] = (name === "DeploymentLimitExceededException" && OTHER_DEPLOYMENT.exec(message)) || [];
          if (other === undefined) throw error;
          say(`waits for ${other}`);
          const ended = waitUntilDeploymentSuccessful({ client, ...POLLS }, { deploymentId: other });
          await ended.catch(() => say(`${other} has failed`));
          continue;
        }
        await waitUntilDeploymentSuccessful({ client, ...POLLS }, { deploymentId });
        return;
      }
      throw new Error("too many tries");
    },
    log,
  );
}

/** Its other part, when the branch is gone. A group that is not there is no error for it, and for AWS neither. */
export function runBranchCleanup({ client }: CodeDeploy, applicationName: string, branch: string): Promise<ToolRun> {
  return runTool([client], async () => {
    const deploymentGroupName = groupOf(branch);
    await client.send(new DeleteDeploymentGroupCommand({ applicationName, deploymentGroupName }));
  });
}
