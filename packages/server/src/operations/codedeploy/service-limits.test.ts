import type { ServiceLimits } from "@sluice/model/service-limits.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getCallerAccess } from "../sluice/keys/get-caller-access.ts";
import { putGitHubToken } from "../sluice/keys/put-git-hub-token.ts";
import { ROLE_ARN, S3_REVISION, type TestCodeDeploy, testCodeDeploy } from "./codedeploy.fixture.ts";

const LIMITS: ServiceLimits = {
  applications: 2,
  groupsPerApplication: 3,
  deploymentConfigs: 2,
  alarmsPerGroup: 2,
  triggersPerGroup: 3,
  autoScalingGroupsPerGroup: 2,
  tagSetsPerGroup: 5,
  tagsPerResource: 3,
  gitHubTokens: 2,
};
const SHOP_ARN = "arn:aws:codedeploy:us-east-1:111122223333:application:shop";

let codeDeploy: TestCodeDeploy;
beforeAll(async () => {
  codeDeploy = await testCodeDeploy({ limits: LIMITS });
  await codeDeploy.call("CreateApplication", { applicationName: "shop" });
  await codeDeploy.call("CreateDeploymentGroup", group("prod"));
});
afterAll(() => codeDeploy.close());

function group(deploymentGroupName: string) {
  return { applicationName: "shop", deploymentGroupName, serviceRoleArn: ROLE_ARN };
}

function change(fields: object) {
  return codeDeploy.call("UpdateDeploymentGroup", {
    applicationName: "shop",
    currentDeploymentGroupName: "prod",
    ...fields,
  });
}

function numbered<T>(count: number, make: (name: string) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(`n${index}`));
}

function trigger(triggerName: string) {
  const triggerTargetArn = "arn:aws:sns:us-east-1:111122223333:deployments";
  return { triggerName, triggerTargetArn, triggerEvents: ["DeploymentStart" as const] };
}

function tag(Key: string) {
  return { Key, Value: "" };
}

const key = (Key: string) => [{ Key, Type: "KEY_ONLY" as const }];

/** Each is asked for as many as are allowed in all, and then for one more. */
const CASES: readonly [keyof ServiceLimits, string, (count: number) => Promise<unknown>][] = [
  [
    "applications",
    "ApplicationLimitExceededException",
    // With the one that every test here uses.
    (count) => codeDeploy.call("CreateApplication", { applicationName: `app-${count}` }),
  ],
  [
    "groupsPerApplication",
    "DeploymentGroupLimitExceededException",
    async (count) => {
      if (count === LIMITS.groupsPerApplication) await codeDeploy.call("CreateDeploymentGroup", group("group-2"));
      await codeDeploy.call("CreateDeploymentGroup", group(`group-${count}`));
    },
  ],
  [
    "deploymentConfigs",
    "DeploymentConfigLimitExceededException",
    async (count) => {
      const minimumHealthyHosts = { type: "HOST_COUNT", value: 1 } as const;
      const create = (name: string) =>
        codeDeploy.call("CreateDeploymentConfig", { deploymentConfigName: name, minimumHealthyHosts });
      if (count === LIMITS.deploymentConfigs) await create("config-1");
      await create(`config-${count}`);
    },
  ],
  [
    "alarmsPerGroup",
    "AlarmsLimitExceededException",
    (count) => change({ alarmConfiguration: { enabled: true, alarms: numbered(count, (name) => ({ name })) } }),
  ],
  [
    "triggersPerGroup",
    "TriggerTargetsLimitExceededException",
    (count) => change({ triggerConfigurations: numbered(count, trigger) }),
  ],
  [
    "autoScalingGroupsPerGroup",
    "InvalidAutoScalingGroupException",
    (count) => change({ autoScalingGroups: numbered(count, (name) => name) }),
  ],
  [
    "tagSetsPerGroup",
    "TagSetListLimitExceededException",
    (count) => change({ ec2TagSet: { ec2TagSetList: numbered(count, key) } }),
  ],
  [
    "tagsPerResource",
    "InvalidTagsToAddException",
    async (count) => {
      for (const one of numbered(count, tag)) {
        await codeDeploy.call("TagResource", { ResourceArn: SHOP_ARN, Tags: [one] });
      }
    },
  ],
  [
    "gitHubTokens",
    "ValidationException",
    async (count) => {
      for (const tokenName of numbered(count, (name) => name)) {
        await putGitHubToken({ tokenName, secret: "ghp_0123456789" }, codeDeploy.context);
      }
    },
  ],
];

describe("the limits of sluice.yml", () => {
  it("are told to the console, whose forms check by them", async () => {
    expect(await getCallerAccess({}, codeDeploy.context)).toMatchObject({ limits: LIMITS });
  });

  it.each(CASES)("allow as many %s as are set, and no more", async (name, code, ask) => {
    await ask(LIMITS[name]);
    await expect(ask(LIMITS[name] + 1)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`\\b${LIMITS[name]}\\b.* raise limits\\.${name} in sluice\\.yml\\.$`)),
    });
  });

  it("hold for the tags of a group that is made, and for the alarms of one deployment", async () => {
    await expect(
      codeDeploy.call("CreateDeploymentGroup", { ...group("tagged"), tags: numbered(4, tag) }),
    ).rejects.toMatchObject({ code: "InvalidTagsToAddException" });
    await expect(
      codeDeploy.call("CreateDeployment", {
        applicationName: "shop",
        deploymentGroupName: "prod",
        revision: S3_REVISION,
        overrideAlarmConfiguration: { enabled: true, alarms: numbered(3, (name) => ({ name })) },
      }),
    ).rejects.toMatchObject({
      code: "AlarmsLimitExceededException",
      message: expect.stringMatching(/overrideAlarm.* at most 2 /),
    });
  });
});
