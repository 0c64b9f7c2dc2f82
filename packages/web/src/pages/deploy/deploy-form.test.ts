import { describe, expect, it } from "vitest";
import { createDeploymentInput, type DeployForm, newDeployForm, planInput } from "./deploy-form-state.ts";
import { deployProblems } from "./deploy-problems.ts";

const HOSTS = { applicationName: "web", deploymentGroupName: "prod", platform: "Server", isBlueGreen: false } as const;
const BUNDLE = { bucket: "sluice", key: "web/1.zip", bundleType: "zip", version: "", eTag: "" } as const;
const form = (more: Partial<DeployForm> = {}): DeployForm => ({ ...newDeployForm("Server"), bundle: BUNDLE, ...more });

describe("createDeploymentInput", () => {
  it("says only what is not as usual", () => {
    expect(createDeploymentInput(form(), HOSTS)).toEqual({
      applicationName: "web",
      deploymentGroupName: "prod",
      revision: { revisionType: "S3", s3Location: { bucket: "sluice", key: "web/1.zip", bundleType: "zip" } },
    });
  });

  it("has every option, and its plan those that a plan goes by", () => {
    const all = form({
      description: "d",
      fileExists: "OVERWRITE",
      ignoresStopFailures: true,
      onlyOutdated: true,
      rollbackEvents: [],
      ignoresAlarms: true,
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      replacements: { lists: [[{ key: "Fleet", value: "green", type: "KEY_AND_VALUE" }]], isSet: false },
    });
    const target = { ...HOSTS, isBlueGreen: true };
    const planned = {
      applicationName: "web",
      deploymentGroupName: "prod",
      revision: { revisionType: "S3", s3Location: { bucket: "sluice", key: "web/1.zip", bundleType: "zip" } },
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      updateOutdatedInstancesOnly: true,
      targetInstances: { tagFilters: [{ Key: "Fleet", Value: "green", Type: "KEY_AND_VALUE" }] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      overrideAlarmConfiguration: { enabled: false, alarms: [] },
    };
    expect(planInput(all, target)).toEqual(planned);
    expect(createDeploymentInput(all, target)).toEqual({
      ...planned,
      description: "d",
      fileExistsBehavior: "OVERWRITE",
      ignoreApplicationStopFailures: true,
    });
  });

  it("of ECS and Lambda has nothing that only hosts know", () => {
    const input = createDeploymentInput(
      form({
        source: "app-spec",
        appSpec: "version: 0.0",
        fileExists: "RETAIN",
        ignoresStopFailures: true,
        onlyOutdated: true,
      }),
      { ...HOSTS, platform: "ECS", isBlueGreen: true },
    );
    expect(input).toEqual({
      applicationName: "web",
      deploymentGroupName: "prod",
      revision: { revisionType: "AppSpecContent", appSpecContent: { content: "version: 0.0" } },
    });
  });
});

describe("deployProblems", () => {
  it("wants a revision of the chosen source, whatever the others have", () => {
    expect(deployProblems(form(), HOSTS)).toEqual({});
    expect(deployProblems(form({ bundle: undefined }), HOSTS).revision).toBeDefined();
    expect(deployProblems(form({ source: "github" }), HOSTS).revision).toContain(
      "gitHubLocation.repository is missing",
    );
    expect(deployProblems(form({ source: "s3", s3: { ...BUNDLE, bundleType: "" } }), HOSTS).revision).toContain(
      "bundleType",
    );
    expect(deployProblems(form({ source: "registered" }), HOSTS).revision).toBeDefined();
    expect(deployProblems(form({ source: "app-spec" }), { ...HOSTS, platform: "ECS" }).revision).toBeDefined();
  });

  it("wants replacement hosts of a blue/green group of hosts, and no long description", () => {
    expect(deployProblems(form(), { ...HOSTS, isBlueGreen: true })).toHaveProperty("replacements");
    expect(deployProblems(form({ description: "x".repeat(257) }), HOSTS).description).toContain("at most 256");
  });
});
