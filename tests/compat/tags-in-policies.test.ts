import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ecs from "@aws-sdk/client-ecs";
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateFunctionCommand, GetFunctionCommand, LambdaClient, TagResourceCommand } from "@aws-sdk/client-lambda";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { sluiceClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { closeWithHaproxy } from "../haproxy/close-with-haproxy.fixture.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

/** What a policy says of tags holds for whoever calls ECS, Lambda and S3 with AWS's own SDK. */
const missing = whyNoHaproxy();
const FUNCTIONS = "arn:aws:lambda:us-east-1:111122223333:function";
type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };
const ALLOW = { Effect: "Allow", Resource: "*" };
const NOT_LIVE = { StringEquals: { "aws:ResourceTag/env": "live" } };

describe("conditions on tags", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  let folder: string;
  let server: SluiceServer;
  let sluice: ReturnType<typeof sluiceClient>;
  let root: Credentials;

  const settings = (credentials: Credentials) => ({
    endpoint: server.url(),
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  const clientOf = <Client>(Kind: new (options: object) => Client, credentials: Credentials) =>
    new Kind(settings(credentials));
  const userWith = async (userName: string, ...statements: readonly object[]) => {
    const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const made = await sluice.call("CreateAccessKey", { role: "user", userName, policyDocument });
    return { accessKeyId: made.accessKey.accessKeyId, secretAccessKey: made.secretAccessKey };
  };
  const newFunction = (FunctionName: string, Tags?: Record<string, string>) =>
    new CreateFunctionCommand({
      ...{ FunctionName, Runtime: "nodejs22.x", Handler: "index.handler", ...(Tags && { Tags }) },
      Role: "arn:aws:iam::111122223333:role/payments",
      Code: { ZipFile: zipOf({ "index.js": "exports.handler = async () => 1;" }) },
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-tags-"));
    const config = join(folder, "sluice.yml");
    // Services without tasks need no engine.
    writeFileSync(
      config,
      `bindings:
  - { match: "*", port: task-sets, driver: docker, settings: { socket: ${join(folder, "none.sock")} } }
  - { match: "*", port: weighted-router, driver: haproxy, settings: { address: 127.0.0.1 } }
  - { match: "*", port: function-alias, driver: functions, settings: { isolation: none } }
`,
    );
    server = await startSluiceServer({ args: ["--config", config] });
    const connection = resolveConnection({ data: server.data });
    sluice = sluiceClient(connectionTo(connection, "sluice"));
    root = connection.credentials;
  });
  afterAll(async () => {
    sluice.close();
    await closeWithHaproxy(server);
    rmSync(folder, { recursive: true, force: true });
  });

  it("a Deny by aws:ResourceTag keeps services and functions", async () => {
    const balancing = clientOf(ElasticLoadBalancingV2Client, root);
    const asRoot = clientOf(ECSClient, root);
    const { LoadBalancers } = await balancing.send(new CreateLoadBalancerCommand({ Name: "web" }));
    const group = await balancing.send(
      new CreateTargetGroupCommand({ Name: "web", Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId: "vpc-1" }),
    );
    const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn;
    await balancing.send(
      new CreateListenerCommand({
        ...{ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn, Protocol: "HTTP", Port: await freePort() },
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
    await asRoot.send(new CreateClusterCommand({ clusterName: "shop" }));
    const image = { name: "app", image: "app:1", memory: 64, portMappings: [{ containerPort: 80 }] };
    await asRoot.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions: [image] }));
    for (const value of ["live", "test"]) {
      await asRoot.send(
        new ecs.CreateServiceCommand({
          ...{ cluster: "shop", serviceName: value, taskDefinition: "web", desiredCount: 0 },
          deploymentController: { type: "CODE_DEPLOY" },
          loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: "app", containerPort: 80 }],
          tags: [{ key: "env", value }],
        }),
      );
      await clientOf(LambdaClient, root).send(newFunction(value, { env: value }));
    }
    const ann = await userWith(
      "ann",
      { ...ALLOW, Action: "*" },
      { ...ALLOW, Effect: "Deny", Action: "*", Condition: NOT_LIVE },
    );
    const [services, functions] = [clientOf(ECSClient, ann), clientOf(LambdaClient, ann)];
    const update = (service: string) =>
      services.send(new ecs.UpdateServiceCommand({ cluster: "shop", service, desiredCount: 0 }));
    await update("test");
    await expect(update("live")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "ecs:UpdateService on resource: arn:aws:ecs:us-east-1:111122223333:service/shop/live with an explicit deny",
      ),
    });
    await functions.send(new GetFunctionCommand({ FunctionName: "test" }));
    await expect(functions.send(new GetFunctionCommand({ FunctionName: `${FUNCTIONS}:live` }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  it("an Allow by aws:RequestTag has things made with the tag alone", async () => {
    const dev = { StringEquals: { "aws:RequestTag/env": "dev" } };
    const bob = await userWith(
      "bob",
      { ...ALLOW, Action: ["ecs:CreateCluster", "lambda:CreateFunction", "lambda:TagResource"], Condition: dev },
      { ...ALLOW, Action: "ecs:TagResource", Condition: { StringEquals: { "ecs:CreateAction": "CreateCluster" } } },
      { ...ALLOW, Action: "iam:PassRole" },
    );
    const [clusters, functions] = [clientOf(ECSClient, bob), clientOf(LambdaClient, bob)];
    const tagged = (clusterName: string, value: string) =>
      clusters.send(new CreateClusterCommand({ clusterName, tags: [{ key: "env", value }] }));
    const made = await tagged("dev", "dev");
    const refused = { name: "AccessDeniedException" };
    await expect(tagged("other", "live")).rejects.toMatchObject(refused);
    await expect(clusters.send(new CreateClusterCommand({ clusterName: "other" }))).rejects.toMatchObject(refused);
    const tag = new ecs.TagResourceCommand({
      resourceArn: made.cluster?.clusterArn,
      tags: [{ key: "env", value: "dev" }],
    });
    await expect(clusters.send(tag)).rejects.toMatchObject(refused);
    await functions.send(newFunction("dev", { env: "dev" }));
    await expect(functions.send(newFunction("other"))).rejects.toMatchObject(refused);
  });

  it("ForAllValues of aws:TagKeys lets no other key through", async () => {
    const Condition = { "ForAllValues:StringEquals": { "aws:TagKeys": ["env", "team"] } };
    const functions = clientOf(
      LambdaClient,
      await userWith("eve", { ...ALLOW, Action: "lambda:TagResource", Condition }),
    );
    const tag = (Tags: Record<string, string>) =>
      functions.send(new TagResourceCommand({ Resource: `${FUNCTIONS}:test`, Tags }));
    await tag({ team: "shop", env: "test" });
    await expect(tag({ team: "shop", cost: "1" })).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("objects get tags from those who may tag them, however they come", async () => {
    const admin = new S3Client({ ...settings(root), forcePathStyle: true });
    const writes = { ...ALLOW, Action: ["s3:GetObject", "s3:PutObject"] };
    const s3 = new S3Client({ ...settings(await userWith("joe", writes)), forcePathStyle: true });
    const put = (client: S3Client, Key: string, Tagging?: string) =>
      client.send(new PutObjectCommand({ Bucket: "tagged", Key, Body: "x", ...(Tagging && { Tagging }) }));
    const copy = (client: S3Client, more: { TaggingDirective?: "REPLACE"; Tagging?: string } = {}) =>
      client.send(new CopyObjectCommand({ Bucket: "tagged", Key: "copy", CopySource: "tagged/live", ...more }));
    await admin.send(new CreateBucketCommand({ Bucket: "tagged" }));
    await put(admin, "live", "env=live");
    await put(s3, "plain");
    await copy(s3, { TaggingDirective: "REPLACE" });
    const refused = { name: "AccessDenied", message: expect.stringMatching(/s3:(Put|Get)ObjectTagging on resource/) };
    await expect(put(s3, "plain", "env=live")).rejects.toMatchObject(refused);
    await expect(copy(s3)).rejects.toMatchObject(refused);
    await expect(copy(s3, { TaggingDirective: "REPLACE", Tagging: "a=b" })).rejects.toMatchObject(refused);
    await copy(admin);
    const { TagSet } = await admin.send(new GetObjectTaggingCommand({ Bucket: "tagged", Key: "copy" }));
    expect(TagSet).toEqual([{ Key: "env", Value: "live" }]);
  });
});
