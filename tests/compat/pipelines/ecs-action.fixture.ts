import { createHash } from "node:crypto";
import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentGroupCommand,
  waitUntilDeploymentSuccessful,
} from "@aws-sdk/client-codedeploy";
import {
  DescribeServicesCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { runTool, type ToolRun } from "./tool-run.fixture.ts";

export interface EcsJob {
  readonly taskDefinition: RegisterTaskDefinitionCommandInput;
  readonly cluster: string;
  readonly service: string;
  readonly application: string;
  readonly group: string;
  /** appspec.yaml as it was read: with the names of the task definition's place in any case. */
  readonly appSpec: {
    readonly version: number;
    readonly resources: readonly Record<
      string,
      { readonly type: string; readonly properties: Record<string, unknown> }
    >[];
  };
  readonly description: string;
}

const MAX_DESCRIPTION_CHARACTERS = 512;
const MAX_WAIT_MINUTES = 360;
const WAIT_MINUTES = 30;
const MINUTE_SECONDS = 60;

/**
 * What AWS's action amazon-ecs-deploy-task-definition does for a service whose controller is CODE_DEPLOY: it registers the task definition, puts
 * its ARN into the AppSpec, sends that with its hash, and waits for as long as the group's two waits and its own are together.
 */
export function runEcsAction(codeDeploy: CodeDeployClient, ecs: ECSClient, job: EcsJob): Promise<ToolRun> {
  return runTool([codeDeploy, ecs], async (say) => {
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(job.taskDefinition));
    const arn = taskDefinition?.taskDefinitionArn;
    const { cluster, service } = job;
    const { failures = [], services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    if (failures[0]) throw new Error(`${failures[0].arn} is ${failures[0].reason}`);
    if (services[0]?.status !== "ACTIVE") throw new Error(`the service is ${services[0]?.status}`);
    const controller = services[0].deploymentController?.type;
    if (controller !== "CODE_DEPLOY") throw new Error(`the controller is ${controller}`);

    const names = { applicationName: job.application, deploymentGroupName: job.group };
    const { deploymentGroupInfo } = await codeDeploy.send(new GetDeploymentGroupCommand(names));
    const appSpec = structuredClone(job.appSpec);
    for (const resource of appSpec.resources) {
      for (const { properties } of Object.values(resource)) {
        const key = Object.keys(properties).find((name) => name.toLowerCase() === "taskdefinition");
        if (key === undefined) throw new Error("the AppSpec has no task definition");
        properties[key] = arn;
      }
    }
    const content = JSON.stringify(appSpec);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const { description } = job;
    const isShort = description.length <= MAX_DESCRIPTION_CHARACTERS;
    const { deploymentId = "" } = await codeDeploy.send(
      new CreateDeploymentCommand({
        ...names,
        revision: { revisionType: "AppSpecContent", appSpecContent: { content, sha256 } },
        description: isShort ? description : `${description.slice(0, MAX_DESCRIPTION_CHARACTERS - 1)}…`,
      }),
    );
    say(deploymentId);
    // Neither may be missing: it has no time to wait then.
    const { deploymentReadyOption, terminateBlueInstancesOnDeploymentSuccess } =
      deploymentGroupInfo?.blueGreenDeploymentConfiguration ?? {};
    const waits =
      Number(deploymentReadyOption?.waitTimeInMinutes) +
      Number(terminateBlueInstancesOnDeploymentSuccess?.terminationWaitTimeInMinutes);
    const maxWaitTime = Math.min(waits + WAIT_MINUTES, MAX_WAIT_MINUTES) * MINUTE_SECONDS;
    const pace = { minDelay: 1, maxDelay: 1 };
    await waitUntilDeploymentSuccessful({ client: codeDeploy, maxWaitTime, ...pace }, { deploymentId });
  });
}
