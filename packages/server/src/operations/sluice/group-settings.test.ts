import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROLE_ARN, type TestCodeDeploy, testCodeDeploy, withGroup } from "../codedeploy/codedeploy.fixture.ts";
import { getGroupSettings, putGroupSettings } from "./get-and-put-group-settings.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import type { SluiceContext } from "./sluice-context.ts";

const GROUP = { applicationName: "MyWebApp", deploymentGroupName: "prod" };

let here: TestInstallation;
let codeDeploy: TestCodeDeploy;
let context: SluiceContext;
let looks: number;

beforeEach(async () => {
  here = await testInstallation();
  codeDeploy = await testCodeDeploy();
  looks = 0;
  const groupSettingsChanged = () => {
    looks += 1;
  };
  context = { ...here.context, ...codeDeploy.context, runner: { ...here.context.runner, groupSettingsChanged } };
  await withGroup(codeDeploy);
});
afterEach(async () => {
  await codeDeploy.close();
  await here.close();
});

describe("the settings of a group", () => {
  it("are off until they are switched on, and then kept", async () => {
    expect(await getGroupSettings(GROUP, context)).toEqual({ deployToLateHosts: false });
    expect(await putGroupSettings({ ...GROUP, deployToLateHosts: true }, context)).toEqual({ deployToLateHosts: true });
    expect(await getGroupSettings(GROUP, context)).toEqual({ deployToLateHosts: true });
    expect(await putGroupSettings(GROUP, context)).toEqual({ deployToLateHosts: true });
    expect(await putGroupSettings({ ...GROUP, deployToLateHosts: false }, context)).toEqual({
      deployToLateHosts: false,
    });
  });

  it("call for a look at the group at once", async () => {
    await getGroupSettings(GROUP, context);
    expect(looks).toBe(0);
    await putGroupSettings({ ...GROUP, deployToLateHosts: true }, context);
    expect(looks).toBe(1);
  });

  it("stay with a group that is changed or renamed, and go with one that is deleted", async () => {
    await putGroupSettings({ ...GROUP, deployToLateHosts: true }, context);
    await codeDeploy.call("UpdateDeploymentGroup", {
      applicationName: "MyWebApp",
      currentDeploymentGroupName: "prod",
      newDeploymentGroupName: "live",
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
    });
    const renamed = { ...GROUP, deploymentGroupName: "live" };
    expect(await getGroupSettings(renamed, context)).toEqual({ deployToLateHosts: true });
    await codeDeploy.call("DeleteDeploymentGroup", renamed);
    await codeDeploy.call("CreateDeploymentGroup", {
      ...renamed,
      serviceRoleArn: ROLE_ARN,
    });
    expect(await getGroupSettings(renamed, context)).toEqual({ deployToLateHosts: false });
  });

  it("are no field of CodeDeploy's", async () => {
    const before = await codeDeploy.call("GetDeploymentGroup", GROUP);
    await putGroupSettings({ ...GROUP, deployToLateHosts: true }, context);
    expect(await codeDeploy.call("GetDeploymentGroup", GROUP)).toEqual(before);
  });

  it.each([
    ["an application that is not there", { ...GROUP, applicationName: "nothing" }, "ApplicationDoesNotExistException"],
    ["a group that is not there", { ...GROUP, deploymentGroupName: "nothing" }, "DeploymentGroupDoesNotExistException"],
  ])("are refused of %s", async (_, input, code) => {
    await expect(getGroupSettings(input, context)).rejects.toMatchObject({ code });
    await expect(putGroupSettings({ ...input, deployToLateHosts: true }, context)).rejects.toMatchObject({ code });
  });

  it("are refused where there are no hosts", async () => {
    await codeDeploy.call("CreateApplication", { applicationName: "functions", computePlatform: "Lambda" });
    await codeDeploy.call("CreateDeploymentGroup", {
      ...GROUP,
      applicationName: "functions",
      serviceRoleArn: ROLE_ARN,
    });
    const input = { ...GROUP, applicationName: "functions", deployToLateHosts: true };
    await expect(putGroupSettings(input, context)).rejects.toMatchObject({ code: "InvalidComputePlatformException" });
  });

  describe("of ECS and Lambda", () => {
    const of = async (platform: "ECS" | "Lambda") => {
      await codeDeploy.call("CreateApplication", { applicationName: platform, computePlatform: platform });
      await context.store.write(async ({ db }) => {
        const { application_id } = await db
          .selectFrom("applications")
          .select("application_id")
          .where("application_name", "=", platform)
          .executeTakeFirstOrThrow();
        const template = await db.selectFrom("deployment_groups").selectAll().executeTakeFirstOrThrow();
        const deployment_group_id = `group-of-${platform}`;
        await db
          .insertInto("deployment_groups")
          .values({ ...template, application_id, deployment_group_id })
          .execute();
      });
      return { ...GROUP, applicationName: platform };
    };

    it("say how long hooks have, whether they must answer and whether deployments fail early, as the platform has it", async () => {
      const ecs = await of("ECS");
      expect(await getGroupSettings(ecs, context)).toEqual({
        deployToLateHosts: false,
        hookTimeoutSeconds: 3600,
        hookMustAnswer: false,
        failEarly: true,
      });
      const change = { hookTimeoutSeconds: 60, hookMustAnswer: true, failEarly: false };
      const changed = { deployToLateHosts: false, ...change };
      expect(await putGroupSettings({ ...ecs, ...change }, context)).toEqual(changed);
      expect(await getGroupSettings(ecs, context)).toEqual(changed);
      const lambda = await of("Lambda");
      expect(await putGroupSettings({ ...lambda, hookTimeoutSeconds: 86_400 }, context)).toEqual({
        deployToLateHosts: false,
        hookTimeoutSeconds: 86_400,
        hookMustAnswer: false,
      });
    });

    it.each([59, 86_401, 60.5, -1])("refuse %d s for a hook", async (hookTimeoutSeconds) => {
      await expect(putGroupSettings({ ...(await of("ECS")), hookTimeoutSeconds }, context)).rejects.toMatchObject({
        code: "ValidationException",
        message: `hookTimeoutSeconds is ${hookTimeoutSeconds}: give whole seconds, 60 to 86400.`,
      });
    });

    it.each([
      ["hookTimeoutSeconds", "Server", { ...GROUP, hookTimeoutSeconds: 60 }],
      ["hookMustAnswer", "Server", { ...GROUP, hookMustAnswer: true }],
      ["failEarly", "Server", { ...GROUP, failEarly: true }],
    ])("refuse %s for groups of %s", async (setting, _, input) => {
      await expect(putGroupSettings(input, context)).rejects.toMatchObject({
        code: "InvalidComputePlatformException",
        message: expect.stringMatching(new RegExp(`^${setting} is for groups of `)),
      });
    });

    it("refuse failEarly for functions", async () => {
      await expect(putGroupSettings({ ...(await of("Lambda")), failEarly: true }, context)).rejects.toMatchObject({
        code: "InvalidComputePlatformException",
      });
    });
  });
});
