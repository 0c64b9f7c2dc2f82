import * as codedeploy from "@aws-sdk/client-codedeploy";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import type { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
const GROUP = { applicationName: "web", deploymentGroupName: "live" };
const APPLICATION = { applicationName: "web" };
const S3_LOCATION = { bucket: "b", key: "k", bundleType: "zip" };
const REVISION = { revisionType: "S3", s3Location: S3_LOCATION };
const INSTANCE = { instanceName: "rack-1" };
const TARGET = { targetId: "rack-1", instanceId: "rack-1", targetIds: ["rack-1"], instanceIds: ["rack-1"] };

type Operation = keyof typeof CODEDEPLOY_TABLE;
/** Of a deployment in the group; it is filled in when there is one. */
const DEPLOYMENT = { deploymentId: "" };

/**
 * What each operation is called with, so that nothing is lost by it, and who may: a full key may everything, `R` a key that reads, `G` a key
 * that may do everything with one group and the application that it is in.
 */
const CALLS: Readonly<Record<Operation, readonly [input: object, who: "R" | "G" | "RG" | ""]>> = {
  AddTagsToOnPremisesInstances: [{ instanceNames: ["rack-1"], tags: [] }, ""],
  BatchGetApplicationRevisions: [{ ...APPLICATION, revisions: [REVISION] }, "RG"],
  BatchGetApplications: [{ applicationNames: ["web"] }, "RG"],
  BatchGetDeploymentGroups: [{ ...APPLICATION, deploymentGroupNames: ["live"] }, "RG"],
  BatchGetDeploymentInstances: [{ ...DEPLOYMENT, ...TARGET }, "RG"],
  BatchGetDeploymentTargets: [{ ...DEPLOYMENT, ...TARGET }, "RG"],
  BatchGetDeployments: [{ deploymentIds: [""] }, "RG"],
  BatchGetOnPremisesInstances: [{ instanceNames: ["rack-1"] }, "R"],
  ContinueDeployment: [DEPLOYMENT, "G"],
  CreateApplication: [APPLICATION, "G"],
  CreateDeployment: [{ ...GROUP, revision: REVISION, description: "d".repeat(257) }, "G"],
  CreateDeploymentConfig: [{ deploymentConfigName: "half" }, ""],
  CreateDeploymentGroup: [{ ...GROUP, serviceRoleArn: ROLE }, "G"],
  DeleteApplication: [{ applicationName: "none" }, ""],
  DeleteDeploymentConfig: [{ deploymentConfigName: "none" }, ""],
  DeleteDeploymentGroup: [{ ...APPLICATION, deploymentGroupName: "test" }, ""],
  DeleteGitHubAccountToken: [{ tokenName: "none" }, ""],
  DeleteResourcesByExternalId: [{ externalId: "none" }, ""],
  DeregisterOnPremisesInstance: [{ instanceName: "none" }, ""],
  GetApplication: [APPLICATION, "RG"],
  GetApplicationRevision: [{ ...APPLICATION, revision: REVISION }, "RG"],
  GetDeployment: [DEPLOYMENT, "RG"],
  GetDeploymentConfig: [{ deploymentConfigName: "CodeDeployDefault.AllAtOnce" }, "RG"],
  GetDeploymentGroup: [GROUP, "RG"],
  GetDeploymentInstance: [{ ...DEPLOYMENT, ...TARGET }, "RG"],
  GetDeploymentTarget: [{ ...DEPLOYMENT, ...TARGET }, "RG"],
  GetOnPremisesInstance: [INSTANCE, "R"],
  ListApplicationRevisions: [APPLICATION, "RG"],
  ListApplications: [{}, "R"],
  ListDeploymentConfigs: [{}, "R"],
  ListDeploymentGroups: [APPLICATION, "R"],
  ListDeploymentInstances: [DEPLOYMENT, "RG"],
  ListDeploymentTargets: [DEPLOYMENT, "RG"],
  ListDeployments: [GROUP, "RG"],
  ListGitHubAccountTokenNames: [{}, "R"],
  ListOnPremisesInstances: [{}, "R"],
  ListTagsForResource: [{ ResourceArn: `${ARN}:deploymentgroup:web/live` }, "RG"],
  PutLifecycleEventHookExecutionStatus: [{ ...DEPLOYMENT, status: "Succeeded" }, "G"],
  RegisterApplicationRevision: [{ ...APPLICATION, revision: REVISION }, "G"],
  RegisterOnPremisesInstance: [{ ...INSTANCE, iamUserArn: "no ARN" }, ""],
  RemoveTagsFromOnPremisesInstances: [{ instanceNames: ["rack-1"], tags: [] }, ""],
  SkipWaitTimeForInstanceTermination: [DEPLOYMENT, "G"],
  StopDeployment: [DEPLOYMENT, "G"],
  TagResource: [{ ResourceArn: `${ARN}:deploymentgroup:web/live`, Tags: [{ Key: "a", Value: "b" }] }, "G"],
  UntagResource: [{ ResourceArn: `${ARN}:application:other`, TagKeys: ["a"] }, ""],
  UpdateApplication: [{ ...APPLICATION, newApplicationName: "web" }, "G"],
  UpdateDeploymentGroup: [{ applicationName: "web", currentDeploymentGroupName: "live" }, "G"],
};

const ONE_GROUP = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "codedeploy:*",
      Resource: [`${ARN}:application:web`, `${ARN}:deploymentgroup:web/live`],
    },
    {
      Effect: "Allow",
      Action: "codedeploy:GetDeploymentConfig",
      Resource: `${ARN}:deploymentconfig:CodeDeployDefault.*`,
    },
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::web-*/live/*" },
  ],
});

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };
let server: SluiceServer;
let sluice: ReturnType<typeof sluiceClient>;
let root: codedeploy.CodeDeployClient;
let keys: { readonly full: Credentials; readonly read: Credentials; readonly group: Credentials };
let deploymentId: string;

const options = (credentials: Credentials) => ({
  endpoint: server.url(),
  region: "us-east-1",
  credentials,
  maxAttempts: 1,
});

beforeAll(async () => {
  server = await startSluiceServer();
  const connection = resolveConnection({ data: server.data });
  sluice = sluiceClient(connectionTo(connection, "sluice"));
  root = new codedeploy.CodeDeployClient(options(connection.credentials));
  const newKey = async (userName: string, rights: object): Promise<Credentials> => {
    const made = await sluice.call("CreateAccessKey", { role: "user", userName, ...rights });
    return { accessKeyId: made.accessKey.accessKeyId, secretAccessKey: made.secretAccessKey };
  };
  keys = {
    full: await newKey("full", { policyNames: ["AdministratorAccess"] }),
    read: await newKey("read", { policyNames: ["AWSCodeDeployReadOnlyAccess"] }),
    group: await newKey("one-group", { policyDocument: ONE_GROUP }),
  };
  await root.send(new codedeploy.CreateApplicationCommand(APPLICATION));
  await root.send(new codedeploy.CreateDeploymentGroupCommand({ ...GROUP, serviceRoleArn: ROLE }));
  const gitHubLocation = { repository: "octocat/hello", commitId: "ec26c3e57ca3a959ca5aad62de7213c562f8c821" };
  const created = await root.send(
    new codedeploy.CreateDeploymentCommand({ ...GROUP, revision: { revisionType: "GitHub", gitHubLocation } }),
  );
  deploymentId = created.deploymentId ?? "";
});
afterAll(async () => {
  root.destroy();
  sluice.close();
  await server.close();
});

/** The whole answer, or the error's name and message. */
async function call(client: codedeploy.CodeDeployClient, operation: Operation): Promise<string> {
  const [given] = CALLS[operation];
  const input = {
    ...given,
    ...("deploymentId" in given ? { deploymentId } : {}),
    ...("deploymentIds" in given ? { deploymentIds: [deploymentId] } : {}),
  };
  const Command = (codedeploy as unknown as Record<string, new (input: object) => codedeploy.GetDeploymentCommand>)[
    `${operation}Command`
  ]!;
  return client.send(new Command(input)).then(
    () => "done",
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe.each([
  ["full", "every operation"],
  ["read", "what reads"],
  ["group", "what is about its group"],
] as const)("a user's %s key", (kind, what) => {
  it(`may call ${what}, and nothing else`, async () => {
    const client = new codedeploy.CodeDeployClient(options(keys[kind]));
    const refused: string[] = [];
    for (const operation of Object.keys(CALLS) as Operation[]) {
      const answer = await call(client, operation);
      expect(answer).not.toMatch(/Signature|Unrecognized|InternalFailure|Serialization/);
      if (!answer.startsWith("AccessDeniedException")) continue;
      refused.push(operation);
      expect(answer).toMatch(
        new RegExp(
          `^AccessDeniedException: User: arn:aws:iam::111122223333:user/\\S+ is not authorized to perform: codedeploy:${operation} on resource: \\S+ because no identity-based policy allows the codedeploy:${operation} action$`,
        ),
      );
    }
    client.destroy();
    const letter = { full: "", read: "R", group: "G" }[kind];
    const expected = Object.entries(CALLS).filter(([, [, who]]) => !who.includes(letter));
    expect(refused.sort()).toEqual(expected.map(([operation]) => operation).sort());
  });
});

it("of one prefix of buckets reads and writes there, and is told in S3's form what it lacks", async () => {
  const admin = new S3Client({ ...options(keys.full), forcePathStyle: true });
  const s3 = new S3Client({ ...options(keys.group), forcePathStyle: true });
  await admin.send(new CreateBucketCommand({ Bucket: "web-builds" }));
  await s3.send(new PutObjectCommand({ Bucket: "web-builds", Key: "live/1.zip", Body: "x" }));
  const got = await s3.send(new GetObjectCommand({ Bucket: "web-builds", Key: "live/1.zip" }));
  expect(await got.Body?.transformToString()).toBe("x");
  const refusal = (action: string, resource: string) => ({
    name: "AccessDenied",
    message: `User: arn:aws:iam::111122223333:user/one-group is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  });
  await expect(
    s3.send(new PutObjectCommand({ Bucket: "web-builds", Key: "other/1.zip", Body: "x" })),
  ).rejects.toMatchObject(refusal("s3:PutObject", "arn:aws:s3:::web-builds/other/1.zip"));
  await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject(refusal("s3:ListAllMyBuckets", "*"));
  admin.destroy();
  s3.destroy();
});

it("that is disabled, expired or deleted opens nothing, at once", async () => {
  const made = await sluice.call("CreateAccessKey", {
    role: "user",
    userName: "leaver",
    policyNames: ["ReadOnlyAccess"],
  });
  const { accessKeyId } = made.accessKey;
  const client = new codedeploy.CodeDeployClient(options({ accessKeyId, secretAccessKey: made.secretAccessKey }));
  const list = () => call(client, "ListApplications");
  expect(await list()).toBe("done");
  await sluice.call("UpdateAccessKey", { accessKeyId, status: "Inactive" });
  expect(await list()).toMatch(/^UnrecognizedClientException: .*is disabled: sluice keys enable/);
  await sluice.call("UpdateAccessKey", { accessKeyId, status: "Active" });
  expect(await list()).toBe("done");
  await sluice.call("UpdateAccessKey", { accessKeyId, expiresAt: new Date(Date.now() + 1_500) });
  await expect.poll(list).toMatch(/^ExpiredTokenException: The security token included in the request is expired/);
  await sluice.call("DeleteAccessKey", { accessKeyId });
  expect(await list()).toMatch(/^UnrecognizedClientException: .*has no access key/);
  client.destroy();
});
