import { setTimeout as wait } from "node:timers/promises";
import {
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  RegisterApplicationRevisionCommand,
  type RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { runTool, type ToolRun } from "./tool-run.fixture.ts";

export interface JenkinsJob {
  readonly application: string;
  readonly group: string;
  /** Absent: the group's own. */
  readonly config?: string;
  readonly bucket: string;
  readonly key: string;
  readonly zip: Buffer;
}

const POLL_MILLISECONDS = 300;

/**
 * What Jenkins's plugin aws-codedeploy does after a build. It looks for its names in the first page of the lists; it names the revision by the
 * ETag without its quotes, as version 1 of the SDK for Java gives it; and it polls until there is a completeTime, whatever the status is.
 */
export function runJenkinsPlugin({ client, s3 }: CodeDeploy, job: JenkinsJob): Promise<ToolRun> {
  return runTool([client, s3], async (say) => {
    const { applications = [] } = await client.send(new ListApplicationsCommand({}));
    if (!applications.includes(job.application)) throw new Error(`no application ${job.application}`);
    const names = { applicationName: job.application, deploymentGroupName: job.group };
    const { applicationName } = names;
    const { deploymentGroups = [] } = await client.send(new ListDeploymentGroupsCommand({ applicationName }));
    if (!deploymentGroups.includes(job.group)) throw new Error(`no deployment group ${job.group}`);

    const put = await s3.send(new PutObjectCommand({ Bucket: job.bucket, Key: job.key, Body: job.zip }));
    const eTag = put.ETag?.replaceAll('"', "");
    const revision: RevisionLocation = {
      revisionType: "S3",
      s3Location: { bucket: job.bucket, key: job.key, bundleType: "zip", eTag },
    };
    await client.send(new RegisterApplicationRevisionCommand({ applicationName, revision, description: "by Jenkins" }));
    const { deploymentId } = await client.send(
      new CreateDeploymentCommand({
        ...names,
        revision,
        deploymentConfigName: job.config,
        description: "by Jenkins",
      }),
    );
    const read = async () => (await client.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;
    let info = await read();
    while (info?.completeTime === undefined) {
      say(`${info?.status}: ${JSON.stringify(info?.deploymentOverview)}`);
      await wait(POLL_MILLISECONDS);
      info = await read();
    }
    say(`${info.status}: ${JSON.stringify(info.deploymentOverview)}`);
    if (info.status !== "Succeeded") throw new Error(`the final status is ${info.status}`);
  });
}
