import { describe, expect, it } from "vitest";
import { PREDEFINED_DEPLOYMENT_CONFIGS, predefinedDeploymentConfig } from "./predefined-deployment-configs.ts";

describe("the predefined deployment configurations", () => {
  it("are 17, each with a name and an id of its own", () => {
    expect(PREDEFINED_DEPLOYMENT_CONFIGS).toHaveLength(17);
    expect(new Set(PREDEFINED_DEPLOYMENT_CONFIGS.map((config) => config.deploymentConfigName)).size).toBe(17);
    expect(new Set(PREDEFINED_DEPLOYMENT_CONFIGS.map((config) => config.deploymentConfigId)).size).toBe(17);
  });

  it("report OneAtATime as the service does: outside its own enumeration", () => {
    expect(predefinedDeploymentConfig("CodeDeployDefault.OneAtATime")).toEqual({
      deploymentConfigId: "00000000-0000-0000-0000-000000000001",
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      computePlatform: "Server",
      minimumHealthyHosts: { type: "MOST_CONCURRENCY", value: 1 },
    });
  });

  it("hold a health rule on Server and a traffic routing elsewhere, never both", () => {
    for (const config of PREDEFINED_DEPLOYMENT_CONFIGS) {
      expect(config.minimumHealthyHosts !== undefined).toBe(config.computePlatform === "Server");
      expect(config.trafficRoutingConfig !== undefined).toBe(config.computePlatform !== "Server");
    }
  });
});
