import { newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { afterEach, describe, expect, it } from "vitest";
import { changeShift } from "../../sluice/change-shift.ts";
import type { SluiceContext } from "../../sluice/sluice-context.ts";
import { ROLE_ARN } from "../codedeploy.fixture.ts";
import { appSpec, type TestLambda, testLambda } from "./lambda.fixture.ts";
import { appSpecRevision } from "./shift.fixture.ts";

let lambda: TestLambda;
afterEach(() => lambda.close());

const CANARY = { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" };
const SLOW = { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent30Minutes" };
const LINEAR = { deploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute" };
const ARN = "arn:aws:lambda:us-east-1:111122223333:function:charge";
const hooked = (hooks: Record<string, string>) => ({ revision: appSpecRevision(appSpec({}, hooks)) });
const with1 = { version: "1", second: null };
const with10Percent = { version: "1", second: { version: "2", percent: 10 } };
const moves10Percent = () => lambda.eventually(() => expect(lambda.routing()).toEqual(with10Percent));

describe("a deployment to a function", () => {
  it("goes through its events, with hooks that answer, and moves the alias step by step, with the group's role", async () => {
    lambda = await testLambda();
    lambda.answers.set("check-before", "Succeeded").set("check-after", "Succeeded");
    const hooks = { BeforeAllowTraffic: "check-before", AfterAllowTraffic: "check-after" };
    const id = await lambda.deploy({ ...LINEAR, ...hooked(hooks), description: "charge 2" });
    const { computePlatform, creator, revision } = await lambda.info(id);
    expect({ computePlatform, creator }).toEqual({ computePlatform: "Lambda", creator: "user" });
    expect(revision?.appSpecContent).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await lambda.ends(id, "Succeeded")).toMatchObject({
      description: "charge 2",
      deploymentConfigName: LINEAR.deploymentConfigName,
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      instanceTerminationWaitTimeStarted: false,
      deploymentStatusMessages: [],
    });
    expect(lambda.weights).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(lambda.routing()).toEqual({ version: "2", second: null });
    expect(lambda.asked[0]).toEqual({ functionName: "charge", aliasName: "live", serviceRoleArn: ROLE_ARN });
    expect([...lambda.runs.values()].map(({ event }) => event)).toEqual(["BeforeAllowTraffic", "AfterAllowTraffic"]);
    expect((await lambda.call("ListDeploymentTargets", { deploymentId: id })).targetIds).toEqual(["charge"]);
    expect(await lambda.target(id)).toMatchObject({
      targetId: "charge",
      targetArn: ARN,
      status: "Succeeded",
      lifecycleEvents: [
        { lifecycleEventName: "BeforeAllowTraffic", status: "Succeeded" },
        { lifecycleEventName: "AllowTraffic", status: "Succeeded" },
        { lifecycleEventName: "AfterAllowTraffic", status: "Succeeded" },
      ],
      lambdaFunctionInfo: {
        functionName: "charge",
        functionAlias: "live",
        currentVersion: "1",
        targetVersion: "2",
        targetVersionWeight: 1,
      },
    });
    // The same AppSpec again names a version that is the current one no more.
    const again = await lambda.ends(await lambda.deploy(), "Failed");
    expect(again.errorInformation).toMatchObject({
      code: "INVALID_LAMBDA_CONFIGURATION",
      message: expect.stringMatching(
        /^The Lambda function alias version does not match the current version in AppSpec file\. .* is at version 2,/,
      ),
    });
    expect(again.rollbackInfo?.rollbackDeploymentId).toBeUndefined();
  });

  it("goes by a configuration of its own", async () => {
    lambda = await testLambda();
    const timeBasedLinear = { linearPercentage: 40, linearInterval: 1 };
    await lambda.call("CreateDeploymentConfig", {
      deploymentConfigName: "in-three",
      computePlatform: "Lambda",
      trafficRoutingConfig: { type: "TimeBasedLinear", timeBasedLinear },
    });
    await lambda.ends(await lambda.deploy({ deploymentConfigName: "in-three" }), "Succeeded");
    expect(lambda.weights).toEqual([40, 80, 100]);
  });

  it("takes the current version from the alias where the AppSpec says so, and goes back to it", async () => {
    lambda = await testLambda();
    lambda.charge.aliases.set("live", { version: "3", second: null });
    lambda.answers.set("check-after", "Failed");
    const fromAlias = { CurrentVersion: undefined, CurrentVersionFromAlias: true };
    const content = appSpec(fromAlias, { AfterAllowTraffic: "check-after" });
    const id = await lambda.deploy({ ...CANARY, revision: appSpecRevision(content) });
    const { rollbackInfo } = await lambda.ends(id, "Failed");
    expect((await lambda.target(id)).lambdaFunctionInfo).toMatchObject({ currentVersion: "3", targetVersion: "2" });
    await lambda.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(lambda.routing()).toEqual({ version: "3", second: null });
    // Once it is shifted, the same AppSpec has nothing to shift.
    lambda.charge.aliases.set("live", { version: "2", second: null });
    const { errorInformation } = await lambda.ends(
      await lambda.deploy({ revision: appSpecRevision(appSpec(fromAlias)) }),
      "Failed",
    );
    expect(errorInformation?.message).toContain("at version 2 already");
  });

  it("waits for a target version that is made ready, and says so", async () => {
    lambda = await testLambda();
    lambda.charge.versions.set("2", newMemoryVersion({ isActive: false, detail: "provisioned concurrency 0 of 5" }));
    const id = await lambda.deploy();
    await lambda.eventually(async () => {
      const [, allow] = (await lambda.target(id)).lifecycleEvents ?? [];
      expect(allow?.diagnostics?.message).toContain("version 2 is not active: provisioned concurrency 0 of 5");
    });
    expect(lambda.routing()).toEqual(with1);
    lambda.charge.versions.set("2", newMemoryVersion());
    await lambda.ends(id, "Succeeded");
  });

  it("is rolled back when a hook answers Failed after all traffic has moved", async () => {
    lambda = await testLambda();
    lambda.answers.set("check-after", "Failed");
    const id = await lambda.deploy({ ...CANARY, ...hooked({ AfterAllowTraffic: "check-after" }) });
    const failed = await lambda.ends(id, "Failed");
    expect(failed.errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
    const { rollbackDeploymentId } = failed.rollbackInfo!;
    expect(await lambda.ends(rollbackDeploymentId!, "Succeeded")).toMatchObject({
      creator: "codeDeployRollback",
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      computePlatform: "Lambda",
      rollbackInfo: { rollbackTriggeringDeploymentId: id },
    });
    expect(lambda.routing()).toEqual(with1);
    expect((await lambda.target(rollbackDeploymentId!)).lambdaFunctionInfo).toMatchObject({
      currentVersion: "1",
      targetVersion: "2",
      targetVersionWeight: 0,
    });
  });

  it("is not rolled back when nothing was changed", async () => {
    lambda = await testLambda();
    lambda.answers.set("check-before", "Failed");
    const failed = await lambda.ends(await lambda.deploy(hooked({ BeforeAllowTraffic: "check-before" })), "Failed");
    expect(failed.rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(failed.rollbackInfo?.rollbackMessage).toContain("changed nothing");
    expect(lambda.weights).toEqual([]);
  });

  it("restores the alias when it is stopped in mid-shift and rolled back", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy(SLOW);
    await moves10Percent();
    expect((await lambda.target(id)).lambdaFunctionInfo?.targetVersionWeight).toBe(0.1);
    await lambda.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: true });
    const { rollbackInfo } = await lambda.ends(id, "Stopped");
    await lambda.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(lambda.routing()).toEqual(with1);
    await lambda.ends(await lambda.deploy(), "Succeeded");
  });

  it("leaves its weights when it is stopped and not rolled back, says so, and the next one names it", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy(SLOW);
    await moves10Percent();
    await lambda.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: false });
    const { rollbackInfo, deploymentStatusMessages } = await lambda.ends(id, "Stopped");
    const cure =
      "aws lambda update-alias --function-name charge --name live --function-version 1 --routing-config AdditionalVersionWeights={}";
    expect(rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(deploymentStatusMessages).toEqual([
      "The alias live of charge: 10 % of the traffic goes to version 2 and the rest to version 1.",
      expect.stringMatching(new RegExp(`^Its traffic stays so unless .*${cure}$`)),
    ]);
    expect(lambda.routing()).toEqual(with10Percent);
    const { errorInformation } = await lambda.ends(await lambda.deploy(), "Failed");
    expect(errorInformation).toEqual({
      code: "INVALID_LAMBDA_CONFIGURATION",
      message: `The alias live of charge sends 10 % of its traffic to version 2, as deployment ${id} has left it. To give all of it to version 1 again: ${cure}. Then deploy again.`,
    });
    // Weights of somebody else are nobody's known.
    lambda.charge.aliases.set("live", { version: "1", second: { version: "3", percent: 10 } });
    const other = await lambda.ends(await lambda.deploy(), "Failed");
    expect(other.errorInformation?.message).toContain("as a deployment that was stopped leaves it");
    lambda.charge.aliases.set("live", with1);
    await lambda.ends(await lambda.deploy(), "Succeeded");
  });

  it("is stopped by an alarm that the caller gives it, and rolled back", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy({
      ...SLOW,
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    await moves10Percent();
    lambda.alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    const { errorInformation, rollbackInfo } = await lambda.ends(id, "Stopped");
    expect(errorInformation?.code).toBe("ALARM_ACTIVE");
    await lambda.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(lambda.routing()).toEqual(with1);
  });

  it("fails, and leaves the alias alone, when somebody else has changed it", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy(SLOW);
    await moves10Percent();
    lambda.charge.aliases.set("live", { version: "3", second: null });
    const { errorInformation, rollbackInfo } = await lambda.ends(id, "Failed");
    expect(errorInformation?.message).toContain("sends traffic to version 3");
    await lambda.ends(rollbackInfo!.rollbackDeploymentId!, "Failed");
    expect(lambda.routing()).toEqual({ version: "3", second: null });
  });

  it("is let on, and held, by whoever looks on", async () => {
    lambda = await testLambda();
    const context = { ...lambda.context, runner: lambda.runner.runner } as unknown as SluiceContext;
    const id = await lambda.deploy(LINEAR);
    await moves10Percent();
    const { shift } = await changeShift({ deploymentId: id, action: "pause" }, context);
    expect(shift).toMatchObject({ targetId: "charge", isOpen: true, pausedSince: expect.any(Date) });
    await changeShift({ deploymentId: id, action: "resume" }, context);
    await changeShift({ deploymentId: id, action: "finish" }, context);
    await lambda.ends(id, "Succeeded");
    expect(lambda.weights.at(-1)).toBe(100);
    expect(lambda.weights.length).toBeLessThan(10);
  });

  it("shows the alias as it is now, and as it is stored while nobody can say", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy(SLOW);
    await moves10Percent();
    lambda.charge.aliases.set("live", { version: "1", second: { version: "2", percent: 60 } });
    const shown = async () => (await lambda.target(id)).lambdaFunctionInfo?.targetVersionWeight;
    await lambda.eventually(async () => expect(await shown()).toBe(0.6));
    const away = { ...lambda.context, lambdaAliases: { look: async () => undefined } };
    const { CODEDEPLOY_HANDLERS } = await import("../codedeploy-operations.ts");
    const { deploymentTargets } = await CODEDEPLOY_HANDLERS.BatchGetDeploymentTargets(
      { deploymentId: id, targetIds: ["charge"] },
      away,
    );
    expect(deploymentTargets?.[0]).toMatchObject({
      deploymentTargetType: "LambdaTarget",
      lambdaTarget: { lambdaFunctionInfo: { targetVersionWeight: 0.1 } },
    });
    await expect(lambda.call("ListDeploymentInstances", { deploymentId: id })).rejects.toMatchObject({
      code: "InvalidComputePlatformException",
    });
  });

  it("keeps its group and its application while it moves traffic", async () => {
    lambda = await testLambda();
    const id = await lambda.deploy(SLOW);
    await moves10Percent();
    const names = { applicationName: "Functions", deploymentGroupName: "live" };
    const fault = {
      code: "InvalidOperationException",
      message: expect.stringContaining(`sluice stop ${id} --rollback`),
    };
    await expect(lambda.call("DeleteDeploymentGroup", names)).rejects.toMatchObject(fault);
    await expect(lambda.call("DeleteApplication", { applicationName: "Functions" })).rejects.toMatchObject(fault);
    await lambda.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: false });
    await lambda.ends(id, "Stopped");
    await lambda.call("DeleteDeploymentGroup", names);
  });

  it.each([
    ["there is no such alias", () => lambda.charge.aliases.delete("live"), "INVALID_LAMBDA_FUNCTION", /no alias live/],
    [
      "the target is not published",
      () => lambda.charge.versions.delete("2"),
      "INVALID_LAMBDA_FUNCTION",
      /Version 2 of/,
    ],
    [
      "the versions run under different roles",
      () => lambda.charge.versions.set("2", newMemoryVersion({ role: "other" })),
      "INVALID_LAMBDA_CONFIGURATION",
      /execution role/,
    ],
  ])("does not begin when %s", async (_, change, code, message) => {
    lambda = await testLambda();
    change();
    const { errorInformation, deploymentOverview } = await lambda.ends(await lambda.deploy(), "Failed");
    expect(errorInformation).toEqual({ code, message: expect.stringMatching(message) });
    expect(deploymentOverview).toBeUndefined();
    expect(lambda.weights).toEqual([]);
  });
});

describe("a revision of a function", () => {
  const NAMES = { applicationName: "Functions" };

  it.each([
    ["JSON", { bucket: "b", key: "appspec.json", bundleType: "JSON" as const }],
    ["YAML", { bucket: "b", key: "appspec.yaml", bundleType: "YAML" as const }],
  ])("is a file in S3: %s", async (_, s3Location) => {
    lambda = await testLambda();
    const revision = { revisionType: "S3" as const, s3Location };
    lambda.bundles.set(revisionKey(revision), Buffer.from(appSpec()));
    await lambda.ends(await lambda.deploy({ revision }), "Succeeded");
  });

  it("is a text that was registered, by its hash", async () => {
    lambda = await testLambda();
    const string = { content: appSpec() };
    await lambda.call("RegisterApplicationRevision", { ...NAMES, revision: { revisionType: "String", string } });
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(string.content).digest("hex");
    await lambda.ends(await lambda.deploy({ revision: { revisionType: "String", string: { sha256 } } }), "Succeeded");
  });
});

describe("CreateDeployment to Lambda refuses", () => {
  it.each([
    [
      "fileExistsBehavior",
      { fileExistsBehavior: "DISALLOW" as const },
      "InvalidFileExistsBehaviorException",
      /^For Lambda, ECS and Kubernetes deployment, fileExistsBehavior can not be specified$/,
    ],
    ["targetInstances", { targetInstances: {} }, "InvalidTargetInstancesException", /deployment to Lambda has none/],
    [
      "a configuration of another platform",
      { deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" },
      "InvalidDeploymentConfigNameException",
      /choose one for Lambda, such as CodeDeployDefault\.LambdaAllAtOnce/,
    ],
    ["no revision", { revision: undefined }, "RevisionRequiredException", /^RevisionLocation must be specified/],
    [
      "an AppSpec with faults, all of them told",
      { revision: appSpecRevision(appSpec({ Alias: "12", TargetVersion: "$LATEST" })) },
      "InvalidRevisionException",
      /has 2 faults\. .*Alias .*is "12".*; .*TargetVersion .*is "\$LATEST".*publish-version --function-name charge/,
    ],
    [
      "an AppSpec of ECS",
      { revision: appSpecRevision(appSpec().replace("AWS::Lambda::Function", "AWS::ECS::Service")) },
      "InvalidRevisionException",
      /compute platform is Lambda, so write AWS::Lambda::Function/,
    ],
    [
      "a revision in GitHub",
      { revision: { revisionType: "GitHub" as const, gitHubLocation: { repository: "a/b", commitId: "c" } } },
      "InvalidRevisionException",
      /which is for Server: on Lambda give/,
    ],
  ])("%s", async (_, given, code, message) => {
    lambda = await testLambda();
    await expect(lambda.deploy(given)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect((await lambda.call("ListDeployments", {})).deployments).toEqual([]);
  });
});
