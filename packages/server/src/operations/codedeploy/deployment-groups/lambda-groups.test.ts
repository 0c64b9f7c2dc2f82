import type { CreateDeploymentInput } from "@aws-sdk/client-codedeploy";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROLE_ARN, S3_REVISION, type TestCodeDeploy, testCodeDeploy } from "../codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await codeDeploy.call("CreateApplication", { applicationName: "Functions", computePlatform: "Lambda" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: "Functions",
    deploymentGroupName: "live",
    serviceRoleArn: ROLE_ARN,
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  });
});
afterEach(() => codeDeploy.close());

it.each([
  ["a bundle", {}],
  ["no revision", { revision: undefined }],
  ["an AppSpec", { revision: { revisionType: "AppSpecContent", appSpecContent: { content: "{}" } } }],
  ["a revision that no platform takes", { revision: { revisionType: "S3" } }],
  ["an unknown configuration", { deploymentConfigName: "none" }],
  ["an option for hosts", { fileExistsBehavior: "OVERWRITE" }],
] as const)("are refused for their platform whatever is given: %s", async (_, given) => {
  const input = { applicationName: "Functions", deploymentGroupName: "live", revision: S3_REVISION, ...given };
  await expect(codeDeploy.call("CreateDeployment", input as CreateDeploymentInput)).rejects.toMatchObject({
    code: "NotImplementedException",
    message: expect.stringMatching(
      /^This server does not deploy to Lambda yet\. .*is not implemented yet; see docs\/reference\/api\.md/,
    ),
  });
});
