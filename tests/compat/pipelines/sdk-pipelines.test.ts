import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateDeploymentCommand,
  GetDeploymentCommand,
  type RevisionLocation,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { until } from "../../installation/until.fixture.ts";
import { ROLE } from "../codedeploy-sdk.fixture.ts";
import { FUNCTIONS_BOUND } from "../terraform-functions.fixture.ts";
import { StackOfCodeDeploy } from "./cloudformation.fixture.ts";
import { runDeployAction } from "./code-pipeline.fixture.ts";
import { runBranchAction, runBranchCleanup } from "./github-action.fixture.ts";
import { runJenkinsPlugin } from "./jenkins.fixture.ts";
import { FLEET, openPipelineStage, type PipelineStage, revisionZip } from "./pipeline-stage.fixture.ts";
import { runTool } from "./tool-run.fixture.ts";

/** Tools that deploy through an SDK, each by its own calls: what it does next is what its pipeline ends with. */
let stage: PipelineStage;
let codeDeploy: CodeDeploy;
const good = revisionZip(0);
const bad = revisionZip(3);

beforeAll(async () => {
  stage = await openPipelineStage(FUNCTIONS_BOUND);
  codeDeploy = stage.codeDeploy;
});
afterAll(() => stage.close());

/** Deploys what waits in its hook, does something meanwhile, and lets it go. */
async function whileDeploying<T>(group: string, revision: RevisionLocation, meanwhile: (id: string) => Promise<T>) {
  const held = join(stage.folder, "hold");
  writeFileSync(held, "");
  try {
    return await meanwhile(await codeDeploy.deploy(group, revision));
  } finally {
    rmSync(held, { force: true });
  }
}

describe("Jenkins's plugin", () => {
  const job = { application: "shop", group: "live", bucket: "revisions", key: "jenkins/shop-1.zip", zip: good };
  const CALLS = [
    "ListApplications",
    "ListDeploymentGroups",
    "PutObject",
    "RegisterApplicationRevision",
    "CreateDeployment",
    "GetDeployment",
  ];

  it("succeeds, and has said how many instances there are", async () => {
    const run = await runJenkinsPlugin(codeDeploy, { ...job, config: "CodeDeployDefault.AllAtOnce" });
    expect(run).toMatchObject({ exitCode: 0, calls: CALLS });
    expect(run.said.at(-1)).toMatch(/^Succeeded: .*"Succeeded":1/);
  });

  it("fails with the deployment", async () => {
    const run = await runJenkinsPlugin(codeDeploy, { ...job, key: "jenkins/shop-2.zip", zip: bad });
    expect(run).toMatchObject({ exitCode: 1, calls: CALLS });
    expect(run.said.slice(-2)).toEqual([expect.stringMatching(/^Failed: .*"Failed":1/), "the final status is Failed"]);
  });

  it("fails before it uploads where the group is not there", async () => {
    const run = await runJenkinsPlugin(codeDeploy, { ...job, group: "test" });
    expect(run).toEqual({ exitCode: 1, calls: CALLS.slice(0, 2), said: ["no deployment group test"] });
  });
});

describe("GitHub's action for a group of each branch", () => {
  let revision: RevisionLocation;
  const job = {
    application: "shop",
    branch: "feature/Basket_2",
    groupSettings: { serviceRoleArn: ROLE, ec2TagFilters: FLEET, deploymentConfigName: "CodeDeployDefault.AllAtOnce" },
    deploymentSettings: { autoRollbackConfiguration: { enabled: false } },
  };
  beforeAll(async () => {
    revision = await codeDeploy.put(good, "zip");
  });

  it("creates the group, and updates it the next time", async () => {
    const first = await runBranchAction(codeDeploy, { ...job, revision });
    expect(first).toEqual({
      exitCode: 0,
      calls: ["UpdateDeploymentGroup", "CreateDeploymentGroup", "CreateDeployment", "GetDeployment"],
      said: ["created the group"],
    });
    const next = await runBranchAction(codeDeploy, { ...job, revision, runNumber: 7 });
    expect(next.calls).toEqual([
      "UpdateDeploymentGroup",
      "GetDeploymentGroup",
      "GetDeployment",
      "CreateDeployment",
      "GetDeployment",
    ]);
    expect(next.exitCode).toBe(0);
  });

  it("deploys nothing after a later run", async () => {
    const run = await runBranchAction(codeDeploy, { ...job, revision, runNumber: 6 });
    expect(run).toMatchObject({ exitCode: 1, said: ["run 7 came before"] });
    expect(run.calls).not.toContain("CreateDeployment");
  });

  it("waits for the deployment that is active, and goes on however it ends", async () => {
    const failing = await codeDeploy.put(bad, "zip");
    const run = await whileDeploying("feature--Basket-2", failing, async (id) => {
      const log: string[] = [];
      const playing = runBranchAction(codeDeploy, { ...job, revision, runNumber: 8 }, log);
      await until("the wait", () => log.length > 0);
      return { id, playing };
    });
    const ended = await run.playing;
    expect(ended).toMatchObject({ exitCode: 0, said: [`waits for ${run.id}`, `${run.id} has failed`] });
  });

  it("fails with the deployment, and with a stop", async () => {
    const failing = await codeDeploy.put(bad, "zip");
    const failed = await runBranchAction(codeDeploy, { ...job, revision: failing });
    expect(failed).toMatchObject({ exitCode: 1, said: [expect.stringContaining('"Failed"')] });
    const stopped = await whileDeploying("live", revision, async (deploymentId) => {
      await codeDeploy.client.send(new StopDeploymentCommand({ deploymentId }));
      return deploymentId;
    });
    expect(await codeDeploy.end(stopped)).toMatchObject({ status: "Stopped" });
  });

  it("names a commit on GitHub, and a description of the longest kind", async () => {
    const gitHubLocation = { repository: "octocat/hello-world", commitId: "ec26c3e57ca3a959ca5aad62de7213c562f8c821" };
    const description = `${"d".repeat(255)}…`;
    const names = { applicationName: "shop", deploymentGroupName: "feature--Basket-2" };
    const { deploymentId } = await codeDeploy.client.send(
      new CreateDeploymentCommand({ ...names, description, revision: { revisionType: "GitHub", gitHubLocation } }),
    );
    await codeDeploy.client.send(new StopDeploymentCommand({ deploymentId }));
    const { deploymentInfo } = await codeDeploy.client.send(new GetDeploymentCommand({ deploymentId }));
    expect(deploymentInfo).toMatchObject({ description, revision: { revisionType: "GitHub", gitHubLocation } });
    await codeDeploy.end(deploymentId ?? "");
  });

  it("removes the group with its branch, once and again", async () => {
    for (let times = 0; times < 2; times++) {
      expect(await runBranchCleanup(codeDeploy, "shop", job.branch)).toMatchObject({ exitCode: 0, said: [] });
    }
  });
});

describe("CodePipeline's deploy action", () => {
  const artifact = { Bucket: "revisions", Key: "pipeline/BuildArtif/x1.zip" };
  const CALLS = ["GetApplication", "GetDeploymentGroup", "GetDeploymentConfig", "GetApplicationRevision"];

  /** Its artifacts are in a bucket with versions, of which it deploys one, not the newest. */
  async function put(zip: Buffer): Promise<RevisionLocation> {
    const { VersionId: version, ETag: eTag } = await codeDeploy.s3.send(
      new PutObjectCommand({ ...artifact, Body: zip }),
    );
    return {
      revisionType: "S3",
      s3Location: { bucket: artifact.Bucket, key: artifact.Key, bundleType: "zip", version, eTag },
    };
  }

  beforeAll(async () => {
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await codeDeploy.s3.send(new PutBucketVersioningCommand({ Bucket: artifact.Bucket, VersioningConfiguration }));
  });

  it("deploys the version of its run, and registers it once", async () => {
    const revision = await put(good);
    await put(bad);
    const action = { application: "shop", group: "live", revision };
    const first = await runDeployAction(codeDeploy, action);
    expect(first).toMatchObject({
      exitCode: 0,
      calls: [...CALLS, "RegisterApplicationRevision", "CreateDeployment", "GetDeployment"],
    });
    const again = await runDeployAction(codeDeploy, action);
    expect(again).toMatchObject({ exitCode: 0, calls: [...CALLS, "CreateDeployment", "GetDeployment"] });
  });

  it("shows code and message of what failed", async () => {
    const run = await runDeployAction(codeDeploy, { application: "shop", group: "live", revision: await put(bad) });
    expect(run.exitCode).toBe(1);
    expect(run.said.at(-1)).toMatch(/^HEALTH_CONSTRAINTS: The overall deployment failed because too many/);
  });
});

describe("CloudFormation's and CDK's resources", () => {
  let stack: StackOfCodeDeploy;
  beforeAll(() => {
    stack = new StackOfCodeDeploy(codeDeploy.client);
  });

  it("AWS::CodeDeploy::Application: create, read, update, list, delete", async () => {
    const tags = { team: "shop", "aws-cdk:empty": "" };
    expect(await stack.createApplication("cdk", "Server", tags)).toEqual({ name: "cdk", platform: "Server", tags });
    await expect(stack.createApplication("cdk", "Server", {})).rejects.toMatchObject({
      name: "ApplicationAlreadyExistsException",
    });
    expect(await stack.updateApplication("cdk", "cdk-2", ["aws-cdk:empty"], { team: "web" })).toEqual({
      name: "cdk-2",
      platform: "Server",
      tags: { team: "web" },
    });
    expect(await stack.list("cdk-2")).toContain("cdk-2");
    await stack.deleteApplication("cdk-2");
    await expect(stack.readApplication("cdk-2")).rejects.toMatchObject({ name: "ApplicationDoesNotExistException" });
  });

  it("AWS::CodeDeploy::DeploymentConfig: create, read, list, delete, delete again", async () => {
    const minimumHealthyHosts = { type: "FLEET_PERCENT", value: 75 } as const;
    const zonalConfig = {
      monitorDurationInSeconds: 10,
      firstZoneMonitorDurationInSeconds: 20,
      minimumHealthyHostsPerZone: { type: "HOST_COUNT", value: 1 },
    } as const;
    const config = { deploymentConfigName: "cdk-config", computePlatform: "Server", minimumHealthyHosts } as const;
    expect(await stack.createConfig({ ...config, zonalConfig })).toEqual({ ...config, zonalConfig });
    expect(await stack.list("shop")).toContain("cdk-config");
    await stack.deleteConfig("cdk-config");
    await expect(stack.deleteConfig("cdk-config")).rejects.toMatchObject({
      name: "DeploymentConfigDoesNotExistException",
    });
  });

  it("AWS::CodeDeploy::DeploymentGroup: create, read, update, delete, delete again", async () => {
    const names = { applicationName: "shop", deploymentGroupName: "cdk" };
    const Tags = { ec2TagSetList: [[FLEET[0]!], [{ Key: "zone", Type: "KEY_ONLY" as const }]] };
    const made = await stack.createGroup({
      ...names,
      serviceRoleArn: ROLE,
      ec2TagSet: Tags,
      loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    });
    expect(made).toMatchObject({ ec2TagSet: Tags, loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] } });
    const changed = await stack.updateGroup({
      applicationName: "shop",
      currentDeploymentGroupName: "cdk",
      ec2TagSet: { ec2TagSetList: [] },
      ec2TagFilters: FLEET,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
      loadBalancerInfo: {},
    });
    expect(changed).toMatchObject({ deploymentGroupId: made.deploymentGroupId, ec2TagFilters: FLEET });
    expect(changed.loadBalancerInfo).toBeUndefined();
    for (let times = 0; times < 2; times++) await stack.deleteGroup("shop", "cdk");
    await expect(stack.readGroup(names)).rejects.toMatchObject({ name: "DeploymentGroupDoesNotExistException" });
  });
});

describe("SAM's function with an alias that CodeDeploy moves", () => {
  it("moves it, and rolls the stack back where it cannot", async () => {
    const lambda = new LambdaClient({
      endpoint: stage.server.url(),
      region: "us-east-1",
      credentials: codeDeploy.client.config.credentials,
    });
    const FunctionName = "pay";
    const ZipFile = zipOf({ "index.js": "exports.handler = async () => 1;" });
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: "arn:aws:iam::111122223333:role/pay",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile },
        Publish: true,
      }),
    );
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
    const NewZip = zipOf({ "index.js": "exports.handler = async () => 2;" });
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: NewZip, Publish: true }));

    const stack = new StackOfCodeDeploy(codeDeploy.client);
    await stack.createApplication("sam", "Lambda", {});
    const events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"] as const;
    const names = { applicationName: "sam", deploymentGroupName: "pay" };
    const group = await stack.createGroup({
      ...names,
      serviceRoleArn: ROLE,
      autoRollbackConfiguration: { enabled: true, events: [...events] },
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    });
    expect(group).toMatchObject({ computePlatform: "Lambda", autoRollbackConfiguration: { enabled: true, events } });

    const move = (from: string, to: string) =>
      runTool([codeDeploy.client], () => stack.moveAlias({ ...names, functionName: FunctionName, from, to }));
    expect(await move("1", "2")).toEqual({ exitCode: 0, calls: ["CreateDeployment", "GetDeployment"], said: [] });
    const live = await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
    expect(live.FunctionVersion).toBe("2");
    // The alias is at 2 by now: what starts from 1 is not what the stack thinks that it is.
    const failed = await move("1", "3");
    expect(failed).toMatchObject({ exitCode: 1, said: [expect.stringMatching(/^Failed: /)] });
    lambda.destroy();
  });
});
