import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { START, type TestCodeDeploy, testCodeDeploy, withGroup } from "../codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

const hosts = (type: string, value: number) => ({ type: type as "HOST_COUNT", value });
const get = async (deploymentConfigName: string) =>
  (await codeDeploy.call("GetDeploymentConfig", { deploymentConfigName })).deploymentConfigInfo;

describe("deployment configurations", () => {
  it("are the 17 predefined ones, then the custom ones", async () => {
    await codeDeploy.call("CreateDeploymentConfig", {
      deploymentConfigName: "Mine",
      minimumHealthyHosts: hosts("HOST_COUNT", 2),
    });
    const { deploymentConfigsList } = await codeDeploy.call("ListDeploymentConfigs", {});
    expect(deploymentConfigsList).toHaveLength(18);
    expect(deploymentConfigsList?.[0]).toBe("CodeDeployDefault.OneAtATime");
    expect(deploymentConfigsList?.at(-1)).toBe("Mine");
  });

  it("are at most fifty beside the predefined ones", async () => {
    for (let index = 0; index < 50; index++) {
      await codeDeploy.call("CreateDeploymentConfig", {
        deploymentConfigName: `c-${String(index).padStart(2, "0")}`,
        minimumHealthyHosts: hosts("HOST_COUNT", 0),
      });
    }
    expect((await codeDeploy.call("ListDeploymentConfigs", {})).deploymentConfigsList).toHaveLength(67);
    await expect(
      codeDeploy.call("CreateDeploymentConfig", {
        deploymentConfigName: "one-too-many",
        minimumHealthyHosts: hosts("HOST_COUNT", 0),
      }),
    ).rejects.toMatchObject({ code: "DeploymentConfigLimitExceededException" });
  });

  it("report OneAtATime as the service does", async () => {
    expect(await get("CodeDeployDefault.OneAtATime")).toEqual({
      deploymentConfigId: "00000000-0000-0000-0000-000000000001",
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      computePlatform: "Server",
      minimumHealthyHosts: { type: "MOST_CONCURRENCY", value: 1 },
    });
  });

  it("read back as they were made", async () => {
    const zonalConfig = {
      monitorDurationInSeconds: 60,
      minimumHealthyHostsPerZone: { type: "FLEET_PERCENT", value: 10 },
    } as const;
    const { deploymentConfigId } = await codeDeploy.call("CreateDeploymentConfig", {
      deploymentConfigName: "Zonal",
      minimumHealthyHosts: hosts("FLEET_PERCENT", 75),
      zonalConfig,
    });
    expect(await get("Zonal")).toEqual({
      deploymentConfigId,
      deploymentConfigName: "Zonal",
      computePlatform: "Server",
      minimumHealthyHosts: { type: "FLEET_PERCENT", value: 75 },
      zonalConfig,
      createTime: new Date(START),
    });
    const trafficRoutingConfig = {
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 20, linearInterval: 5 },
    } as const;
    await codeDeploy.call("CreateDeploymentConfig", {
      deploymentConfigName: "Steps",
      computePlatform: "Lambda",
      trafficRoutingConfig,
    });
    expect(await get("Steps")).toMatchObject({ computePlatform: "Lambda", trafficRoutingConfig });
  });

  it.each([
    ["no name", { deploymentConfigName: undefined }, "DeploymentConfigNameRequiredException", /is missing/],
    ["a bad name", { deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException", /"a b"/],
    ["a kept prefix", { deploymentConfigName: "CodeDeployDefault.X" }, "InvalidDeploymentConfigNameException", /kept/],
    [
      "no rule",
      { minimumHealthyHosts: undefined },
      "InvalidMinimumHealthyHostValueException",
      /^minimum healthy hosts argument is missing/,
    ],
    [
      "100 %",
      { minimumHealthyHosts: hosts("FLEET_PERCENT", 100) },
      "InvalidMinimumHealthyHostValueException",
      /0 to 99/,
    ],
    ["-1 hosts", { minimumHealthyHosts: hosts("HOST_COUNT", -1) }, "InvalidMinimumHealthyHostValueException", /-1/],
    ["a foreign rule", { minimumHealthyHosts: hosts("MOST", 1) }, "InvalidMinimumHealthyHostValueException", /"MOST"/],
    [
      "a foreign platform",
      { computePlatform: "Mainframe" as "Server" },
      "InvalidComputePlatformException",
      /"Mainframe"/,
    ],
    [
      "traffic on Server",
      { trafficRoutingConfig: { type: "AllAtOnce" as const } },
      "InvalidTrafficRoutingConfigurationException",
      /leave it out for Server/,
    ],
    ["hosts on Lambda", { computePlatform: "Lambda" as const }, "InvalidMinimumHealthyHostValueException", /Lambda/],
    [
      "no traffic on ECS",
      { computePlatform: "ECS" as const, minimumHealthyHosts: undefined },
      "InvalidTrafficRoutingConfigurationException",
      /is missing/,
    ],
    [
      "two days of traffic",
      {
        computePlatform: "ECS" as const,
        minimumHealthyHosts: undefined,
        trafficRoutingConfig: {
          type: "TimeBasedLinear" as const,
          timeBasedLinear: { linearPercentage: 10, linearInterval: 321 },
        },
      },
      "InvalidTrafficRoutingConfigurationException",
      /2889 minutes/,
    ],
    [
      "a negative wait between zones",
      { zonalConfig: { monitorDurationInSeconds: -1 } },
      "InvalidZonalDeploymentConfigurationException",
      /monitorDurationInSeconds is -1/,
    ],
  ])("refuse %s", async (_, change, code, message) => {
    const input = { deploymentConfigName: "Mine", minimumHealthyHosts: hosts("HOST_COUNT", 1), ...change };
    await expect(codeDeploy.call("CreateDeploymentConfig", input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("cannot be made twice", async () => {
    const input = { deploymentConfigName: "Mine", minimumHealthyHosts: hosts("HOST_COUNT", 1) };
    await codeDeploy.call("CreateDeploymentConfig", input);
    await expect(codeDeploy.call("CreateDeploymentConfig", input)).rejects.toMatchObject({
      code: "DeploymentConfigAlreadyExistsException",
    });
  });

  it("are deleted unless predefined or in use", async () => {
    await codeDeploy.call("CreateDeploymentConfig", {
      deploymentConfigName: "Mine",
      minimumHealthyHosts: hosts("HOST_COUNT", 1),
    });
    await withGroup(codeDeploy, { deploymentConfigName: "Mine" });
    const remove = (deploymentConfigName: string) =>
      codeDeploy.call("DeleteDeploymentConfig", { deploymentConfigName });
    await expect(remove("Mine")).rejects.toMatchObject({
      code: "DeploymentConfigInUseException",
      message: expect.stringContaining("the deployment group prod of the application MyWebApp"),
    });
    await expect(remove("CodeDeployDefault.AllAtOnce")).rejects.toMatchObject({ code: "InvalidOperationException" });
    await codeDeploy.call("DeleteDeploymentGroup", { applicationName: "MyWebApp", deploymentGroupName: "prod" });
    await remove("Mine");
    await expect(get("Mine")).rejects.toMatchObject({ code: "DeploymentConfigDoesNotExistException" });
    expect(await remove("Mine")).toEqual({});
  });
});
