import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { awsCommand } from "@sluice/web/forms/aws-command.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasAwsCli } from "../installation/installed-programs.fixture.ts";
import { runProgram } from "../installation/sluice-server.fixture.ts";

/** What the AWS CLI sent, in the order of the commands. */
const heard: { readonly operation: string; readonly input: unknown }[] = [];
const server = createServer(async (request, response) => {
  const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
  heard.push({ operation, input: JSON.parse(await text(request)) });
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.end("{}");
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Everything that a form may send, and every way in which a text is awkward. */
const CALLS: readonly (readonly [operation: string, verb: string, input: Readonly<Record<string, unknown>>])[] = [
  [
    "CreateApplication",
    "create-application",
    { applicationName: "web", computePlatform: "Server", tags: [{ Key: "Team", Value: 'it\'s "ours" $HOME' }] },
  ],
  [
    "CreateDeploymentGroup",
    "create-deployment-group",
    {
      applicationName: "web",
      deploymentGroupName: "a=b,c@d+e",
      serviceRoleArn: "arn:aws:iam::111122223333:role/R",
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      ec2TagSet: {
        ec2TagSetList: [
          [{ Key: "Role", Value: "web, or `id`", Type: "KEY_AND_VALUE" }],
          [{ Key: "Z", Type: "KEY_ONLY" }],
        ],
      },
      onPremisesInstanceTagFilters: [{ Key: "Rack", Value: "", Type: "KEY_AND_VALUE" }],
      autoScalingGroups: ["one", "two words"],
      outdatedInstancesStrategy: "IGNORE",
      loadBalancerInfo: { targetGroupInfoList: [{ name: "tg" }] },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 7 },
      },
      autoRollbackConfiguration: { enabled: false, events: [] },
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: "Übergröße\n2" }] },
    },
  ],
  [
    "UpdateDeploymentGroup",
    "update-deployment-group",
    {
      applicationName: "web",
      currentDeploymentGroupName: "prod",
      autoScalingGroups: [],
      triggerConfigurations: [],
      ec2TagSet: { ec2TagSetList: [] },
    },
  ],
  [
    "CreateDeployment",
    "create-deployment",
    {
      applicationName: "web",
      deploymentGroupName: "prod",
      revision: { revisionType: "S3", s3Location: { bucket: "b", key: "web/1.zip", bundleType: "zip", version: "3" } },
      description: "-x",
      fileExistsBehavior: "OVERWRITE",
      ignoreApplicationStopFailures: true,
      updateOutdatedInstancesOnly: true,
    },
  ],
  [
    "CreateDeployment",
    "create-deployment",
    {
      applicationName: "shop",
      deploymentGroupName: "web",
      revision: {
        revisionType: "AppSpecContent",
        appSpecContent: { content: "version: 0.0\nResources:\n  - 'é': \"\\\\\"\n" },
      },
      description: "file:///etc/passwd",
      overrideAlarmConfiguration: { enabled: false, alarms: [] },
    },
  ],
  [
    "UntagResource",
    "untag-resource",
    { ResourceArn: "arn:aws:codedeploy:us-east-1:111122223333:application:web", TagKeys: ["-a", "b c"] },
  ],
];

it.skipIf(!hasAwsCli())(
  "the commands that the console shows send what its forms send",
  { timeout: 240_000 },
  async () => {
    const { port } = server.address() as AddressInfo;
    const environment = {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      LANG: "C.UTF-8",
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    };
    for (const [, verb, input] of CALLS) {
      const { exitCode, stderr } = await runProgram("sh", ["-c", awsCommand({ verb, input })], environment);
      expect(stderr, verb).toBe("");
      expect(exitCode, verb).toBe(0);
    }
    expect(heard).toEqual(CALLS.map(([operation, , input]) => ({ operation, input })));
  },
);
