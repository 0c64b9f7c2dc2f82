import {
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  type RevisionLocation,
  waitUntilDeploymentSuccessful,
} from "@aws-sdk/client-codedeploy";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { ROLE } from "./codedeploy-sdk.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

const NAMES = { applicationName: "containers", deploymentGroupName: "web" };
const APP_SPEC = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: arn:aws:ecs:us-east-1:111122223333:task-definition/web:1
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 80
`;
const PATIENCE_SECONDS = 120;

let server: SluiceServer;
let codeDeploy: CodeDeploy;

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  const { client } = codeDeploy;
  await client.send(new CreateApplicationCommand({ applicationName: "containers", computePlatform: "ECS" }));
  await client.send(
    new CreateDeploymentGroupCommand({
      ...NAMES,
      serviceRoleArn: ROLE,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfiguration: {
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
      },
      ecsServices: [{ clusterName: "shop", serviceName: "web" }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: "blue" }, { name: "green" }],
            prodTrafficRoute: {
              listenerArns: ["arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/1/1"],
            },
          },
        ],
      },
    }),
  );
});

afterAll(async () => {
  const log = server.log();
  codeDeploy.close();
  await server.close();
  expect(log.split("\n").filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});

async function deploy(revision: RevisionLocation): Promise<string> {
  const { deploymentId = "" } = await codeDeploy.client.send(new CreateDeploymentCommand({ ...NAMES, revision }));
  return deploymentId;
}

/** No driver is bound in this server: it says so, and which binding is missing. */
async function failsForWantOfABinding(deploymentId: string): Promise<void> {
  const { client } = codeDeploy;
  const waiting = { client, maxWaitTime: PATIENCE_SECONDS, minDelay: 1, maxDelay: 1 };
  await expect(waitUntilDeploymentSuccessful(waiting, { deploymentId })).rejects.toThrow(/Failed/);
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
  expect(deploymentInfo).toMatchObject({
    computePlatform: "ECS",
    deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
    errorInformation: {
      code: "INVALID_ECS_SERVICE",
      message: expect.stringMatching(/add one to the bindings in sluice.yml/),
    },
  });
}

describe("a group of ECS", () => {
  it("shows both its waits as numbers", async () => {
    const { deploymentGroupInfo } = await codeDeploy.client.send(new GetDeploymentGroupCommand(NAMES));
    const { deploymentReadyOption, terminateBlueInstancesOnDeploymentSuccess } =
      deploymentGroupInfo?.blueGreenDeploymentConfiguration ?? {};
    expect(deploymentReadyOption?.waitTimeInMinutes).toBe(0);
    expect(terminateBlueInstancesOnDeploymentSuccess?.terminationWaitTimeInMinutes).toBe(5);
  });
});

describe("an AppSpec of ECS", () => {
  it("is taken from the request, and found again by its hash", async () => {
    const id = await deploy({ revisionType: "AppSpecContent", appSpecContent: { content: APP_SPEC } });
    await failsForWantOfABinding(id);
    const { deploymentInfo } = await codeDeploy.client.send(new GetDeploymentCommand({ deploymentId: id }));
    expect(deploymentInfo?.revision?.appSpecContent?.content).toBeUndefined();
    const { applicationName } = NAMES;
    const revision = deploymentInfo?.revision;
    const found = await codeDeploy.client.send(new GetApplicationRevisionCommand({ applicationName, revision }));
    expect(found.revision?.appSpecContent?.content).toBe(APP_SPEC);
    expect(found.revisionInfo?.description).toBe(`Application revision registered by Deployment ID: ${id}`);
    await failsForWantOfABinding(await deploy(revision!));
  });

  it("is taken from a file in the bucket", async () => {
    await codeDeploy.s3.send(new PutObjectCommand({ Bucket: "revisions", Key: "appspec.yaml", Body: APP_SPEC }));
    const s3Location = { bucket: "revisions", key: "appspec.yaml", bundleType: "YAML" } as const;
    await failsForWantOfABinding(await deploy({ revisionType: "S3", s3Location }));
  });

  it("tells the SDK what is wrong with it", async () => {
    const content = APP_SPEC.replace("ContainerPort", "ContainrPort");
    await expect(deploy({ revisionType: "AppSpecContent", appSpecContent: { content } })).rejects.toMatchObject({
      name: "InvalidRevisionException",
      message: expect.stringMatching(/ContainrPort \(line 9\) is not known here: did you mean ContainerPort\?/),
    });
  });
});

describe("a hook's answer", () => {
  it("has the SDK's errors", async () => {
    const deploymentId = await deploy({ revisionType: "AppSpecContent", appSpecContent: { content: APP_SPEC } });
    await failsForWantOfABinding(deploymentId);
    const answer = (lifecycleEventHookExecutionId: string) =>
      codeDeploy.client.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId,
          lifecycleEventHookExecutionId,
          status: "Succeeded",
        }),
      );
    await expect(answer("abc")).rejects.toMatchObject({ name: "InvalidLifecycleEventHookExecutionIdException" });
    await expect(answer("BeforeInstall/1/shop:web")).rejects.toMatchObject({
      name: "InvalidLifecycleEventHookExecutionIdException",
      message: expect.stringContaining("has no target shop:web"),
    });
  });

  it("with a list as its id is told which member is wrong", async () => {
    const caller = new RawCaller(server);
    const answer = await caller.operation("PutLifecycleEventHookExecutionStatus", {
      deploymentId: "d-A1B2C3111",
      lifecycleEventHookExecutionId: ["BeforeInstall/1/shop:web"],
      status: "Succeeded",
    });
    caller.close();
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("lifecycleEventHookExecutionId");
  });
});
