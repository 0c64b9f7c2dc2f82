import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Action } from "../access/action.ts";
import { authorize } from "../access/authorize.ts";
import type { Principal } from "../access/principal.ts";
import { storedPolicy } from "../access/stored-policy.ts";
import { newHostRow } from "../hosts/new-host.ts";
import { insertHost } from "../store/hosts.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { deploymentRow } from "../store/rows.fixture.ts";
import { CODEDEPLOY_NEEDS } from "./codedeploy-needs.ts";
import { ecsNeeds } from "./ecs-needs.ts";
import { elbv2Needs } from "./elbv2-needs.ts";
import { iamNeeds } from "./iam-needs.ts";
import { lambdaNeeds } from "./lambda-needs.ts";
import type { NeedsContext, NeedsOf } from "./needs-context.ts";
import { requireNeedsOf } from "./require-needs.ts";
import { sluiceNeeds } from "./sluice-needs.ts";
import { withStoredTags } from "./stored-tags.ts";

const SCOPE = { region: "us-east-1", accountId: "111122223333" };
const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
const WEB = { applicationName: "web", deploymentGroupName: "live" };
let store: Store;
let context: NeedsContext;

beforeAll(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  context = { ...SCOPE, db: store.db };
  const names = { application_name: "web", deployment_group_name: "live" };
  await store.write(async ({ db }) => {
    await db.insertInto("deployments").values(deploymentRow("d-WEB000001", names)).execute();
    await db
      .insertInto("resource_tags")
      .values({ resource_arn: `${ARN}:deploymentgroup:web/live`, tag_key: "Team", tag_value: "shop" })
      .execute();
  });
});
afterAll(() => store.close());

const needsOf = async (operation: string, input: object) =>
  (CODEDEPLOY_NEEDS as Record<string, NeedsOf<object>>)[operation]!(input, context);
const resourcesOf = async (operation: string, input: object) =>
  (await needsOf(operation, input)).map(
    ({ action, resource }) => `${action.slice(11)} ${resource.replace(`${ARN}:`, "")}`,
  );

describe("a call of CodeDeploy", () => {
  it.each([
    ["GetDeployment", { deploymentId: "d-WEB000001" }, ["GetDeployment deploymentgroup:web/live"]],
    ["GetDeployment", { deploymentId: "d-NONE00001" }, ["GetDeployment deploymentgroup:*/*"]],
    ["StopDeployment", {}, ["StopDeployment deploymentgroup:*/*"]],
    [
      "BatchGetDeployments",
      { deploymentIds: ["d-WEB000001", "d-NONE00001"] },
      ["BatchGetDeployments deploymentgroup:web/live", "BatchGetDeployments deploymentgroup:*/*"],
    ],
    ["ListApplications", {}, ["ListApplications application:*"]],
    ["ListDeployments", WEB, ["ListDeployments deploymentgroup:web/live"]],
    ["ListDeployments", {}, ["ListDeployments deploymentgroup:*/*"]],
    [
      "CreateDeployment",
      { ...WEB, deploymentConfigName: "half", overrideAlarmConfiguration: {} },
      [
        "CreateDeployment deploymentgroup:web/live",
        "GetDeploymentConfig deploymentconfig:half",
        "GetApplicationRevision application:web",
        "UpdateDeploymentGroup deploymentgroup:web/live",
      ],
    ],
    [
      "UpdateApplication",
      { applicationName: "a", newApplicationName: "b" },
      ["UpdateApplication application:a", "UpdateApplication application:b"],
    ],
    [
      "AddTagsToOnPremisesInstances",
      { instanceNames: ["r1", "r2"] },
      ["AddTagsToOnPremisesInstances instance/r1", "AddTagsToOnPremisesInstances instance/r2"],
    ],
    ["ListOnPremisesInstances", {}, ["ListOnPremisesInstances *"]],
    [
      "TagResource",
      { ResourceArn: `${ARN.replace("aws", "aws-cn")}:deploymentgroup:web/live` },
      ["TagResource deploymentgroup:web/live"],
    ],
  ])("%s %j needs its resources", async (operation, input, resources) => {
    expect(await resourcesOf(operation, input)).toEqual(resources);
  });

  it("always needs its own action at the least", async () => {
    for (const operation of Object.keys(CODEDEPLOY_TABLE)) {
      expect((await needsOf(operation, {}))[0]?.action).toBe(`codedeploy:${operation}`);
    }
  });

  it("brings the tags of its group, and those that it gives", async () => {
    const [need] = await needsOf("CreateDeploymentGroup", { ...WEB, tags: [{ Key: "Env", Value: "prod" }] });
    const [seen] = await withStoredTags([need!], context);
    expect(seen).toMatchObject({ resourceTags: { Team: "shop" }, requestTags: { Env: "prod" } });
  });
});

it("a call of Sluice's own needs the group of its deployment, and every member that names something is known", async () => {
  const [need] = await sluiceNeeds("DescribeDeployment", { deploymentId: "d-WEB000001" }, context);
  expect(need).toMatchObject({ action: "sluice:DescribeDeployment", resource: `${ARN}:deploymentgroup:web/live` });
  const naming = new Set(
    Object.values(SLUICE_TABLE).flatMap(({ input }) =>
      Object.keys(input.members).filter((name) =>
        /deploymentId|deploymentIds|applicationName|groupName|^host|^instance/i.test(name),
      ),
    ),
  );
  // The host of an agent's own calls is looked for by the operation.
  expect([...naming].sort()).toEqual([
    ...["applicationName", "deploymentGroupName", "deploymentId", "fromDeploymentId", "host", "hostIdentifier"],
    ...["hostName", "hosts", "instanceId", "toDeploymentId"],
  ]);
});

it("a host is named in policies by its name, also where the call gives its id", async () => {
  const hostId = "i-0123456789abcdef0";
  const identified = { hostId, hostIdentifier: hostId, kind: "instance" } as const;
  const host = newHostRow({ ...identified, hostName: "web-1", tags: [], now: 0 });
  await store.write((transaction) => insertHost(transaction, host));
  for (const named of ["web-1", hostId]) {
    const [need] = await sluiceNeeds("RemoveHost", { host: named }, context);
    expect(need?.resource).toBe("arn:aws:sluice:us-east-1:111122223333:host/web-1");
  }
  const [need] = await sluiceNeeds("RemoveHost", { host: "web-2" }, context);
  expect(need?.resource).toBe("arn:aws:sluice:us-east-1:111122223333:host/web-2");
});

describe("a user", () => {
  const user = (...statements: readonly object[]): Principal => ({
    role: "user",
    accessKeyId: "AKIAUSER",
    hostId: null,
    identity: {
      kind: "user",
      arn: "arn:aws:iam::111122223333:user/ann",
      userId: "AIDAANN",
      name: "ann",
      tags: {},
      policies: [
        {
          name: "hers",
          document: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "hers"),
        },
      ],
      asksForTags: true,
    },
    call: {
      sourceAddress: "10.0.0.7",
      isSecure: true,
      userAgent: "test",
      at: Date.UTC(2026, 10, 30),
      region: "us-east-1",
    },
  });
  const stop = (principal: Principal, deploymentId = "d-WEB000001") =>
    requireNeedsOf(
      (operation, input, parts) =>
        CODEDEPLOY_NEEDS[operation as "StopDeployment"](input as { deploymentId: string }, parts),
      { operation: "StopDeployment", input: { deploymentId }, principal },
      { ...SCOPE, db: store.db },
    );
  const onGroup = (group: string, more: object = {}) => ({
    Effect: "Allow",
    Action: "codedeploy:*",
    Resource: `${ARN}:deploymentgroup:${group}`,
    ...more,
  });

  it("does what a policy allows on the group of a deployment", async () => {
    await stop(user(onGroup("web/live")));
    await stop(user(onGroup("web/*")));
    await stop(user(onGroup("*", { Condition: { StringEquals: { "aws:ResourceTag/Team": "shop" } } })));
    await stop(user(onGroup("*", { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } })));
  });

  it.each([
    [
      "another group",
      [onGroup("web/test")],
      "because no identity-based policy allows the codedeploy:StopDeployment action",
    ],
    ["nothing", [{ ...onGroup("*"), Action: "s3:*" }], "because no identity-based policy allows"],
    [
      "a tag that differs",
      [onGroup("*", { Condition: { StringEquals: { "aws:ResourceTag/Team": "x" } } })],
      "because no",
    ],
    [
      "a Deny",
      [onGroup("*"), { ...onGroup("web/live"), Effect: "Deny" }],
      "with an explicit deny in an identity-based policy",
    ],
  ])("is refused by %s, in IAM's words", async (_what, statements, why) => {
    await expect(stop(user(...statements))).rejects.toMatchObject({
      code: "AccessDeniedException",
      message: expect.stringMatching(
        new RegExp(
          `^User: arn:aws:iam::111122223333:user/ann is not authorized to perform: codedeploy:StopDeployment on resource: ${ARN}:deploymentgroup:web/live ${why}`,
        ),
      ),
    });
  });

  it("is refused where tags differ by the case of their keys alone, which conditions cannot tell apart", () => {
    const may = (requestTags: Record<string, string>) =>
      authorize(
        user(onGroup("*", { Condition: { StringEquals: { "aws:RequestTag/env": "dev" } } })),
        "codedeploy:CreateDeploymentGroup",
        `${ARN}:deploymentgroup:web/live`,
        { requestTags },
      );
    expect(may({ env: "dev" })).toBe("allowed");
    expect(may({ env: "prod", Env: "dev" })).toBe("refused");
    expect(may({ Env: "dev", env: "prod" })).toBe("refused");
  });

  it.each(["aws:ResourceTag\\/env", "aws:\\u0052esourceTag/env"])(
    "is asked for tags by a policy that writes %s",
    (key) => {
      const text = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"${key}":"false"}}}}`;
      expect(storedPolicy("escaped", text).asksForTags).toBe(true);
    },
  );

  it("is not told whether there is a deployment of an id", async () => {
    await expect(stop(user(onGroup("web/live")), "d-NONE00001")).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });

  it("is never the server, and speaks for a host only where that is its own", () => {
    const all = user({ Effect: "Allow", Action: "*", Resource: "*" });
    const may = (action: Action) => authorize(all, action, "*");
    expect(may("sluice:ProveHearing")).toBe("refused");
    expect(may("sluice:PutHostLogs")).toBe("refused");
    expect(may("codedeploy-commands:PollHostCommand")).toBe("own");
    expect(may("sluice:SpeakForHost")).toBe("own");
    expect(may("s3:GetObject")).toBe("allowed");
  });
});

describe("a call of another service", () => {
  const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111122223333:${resource}`;
  /** As the operations take it, too: they look at account and region. */
  const elsewhere = (text: string) => text.replace("arn:aws:", "arn:aws-cn:");
  const balancer = arn("elasticloadbalancing", "loadbalancer/app/web/1");

  it.each([
    ["DescribeServices", { services: ["web"], cluster: "prod" }, arn("ecs", "service/prod/web")],
    ["UpdateService", { service: arn("ecs", "service/prod/web") }, arn("ecs", "service/prod/web")],
    ["DescribeClusters", {}, arn("ecs", "cluster/default")],
    ["StopTask", { task: "0123", cluster: arn("ecs", "cluster/prod") }, arn("ecs", "task/prod/0123")],
    ["StopTask", { task: "0123", cluster: "" }, arn("ecs", "task/default/0123")],
    ["DescribeClusters", { clusters: [""] }, arn("ecs", "cluster/default")],
    ["RegisterTaskDefinition", { family: "web" }, "*"],
    ["UpdateService", { service: elsewhere(arn("ecs", "service/prod/web")) }, arn("ecs", "service/prod/web")],
    ["DeleteCluster", { cluster: elsewhere(arn("ecs", "cluster/prod")) }, arn("ecs", "cluster/prod")],
    ["TagResource", { resourceArn: arn("ecs", "task-definition/web:007") }, arn("ecs", "task-definition/web:7")],
    ["TagResource", { resourceArn: arn("ecs", "cluster/prod") }, arn("ecs", "cluster/prod")],
  ])("ECS: %s %j", (operation, input, resource) => {
    expect(ecsNeeds(operation, input, context)).toEqual([{ action: `ecs:${operation}`, resource }]);
  });

  it.each([
    ["DescribeLoadBalancers", { LoadBalancerArns: [balancer] }, "*"],
    ["CreateLoadBalancer", { Name: "web" }, arn("elasticloadbalancing", "loadbalancer/app/web/*")],
    ["DeleteLoadBalancer", { LoadBalancerArn: balancer }, balancer],
    ["AddTags", { ResourceArns: [balancer, balancer] }, balancer],
  ])("ELBv2: %s %j", (operation, input, resource) => {
    expect(elbv2Needs(operation, input, context)).toMatchObject([
      { action: `elasticloadbalancing:${operation}`, resource },
    ]);
  });

  it.each([
    ["lambda:InvokeFunction", { FunctionName: "pay", Qualifier: "live" }, arn("lambda", "function:pay:live")],
    ["lambda:GetAlias", { FunctionName: arn("lambda", "function:pay"), Name: "live" }, arn("lambda", "function:pay")],
    ["lambda:ListFunctions", {}, "*"],
    ["lambda:TagResource", { Resource: elsewhere(arn("lambda", "function:pay")) }, arn("lambda", "function:pay")],
  ] as const)("Lambda: %s %j", (action, input, resource) => {
    expect(lambdaNeeds(action, input, context)).toEqual([{ action, resource }]);
  });
});

it("a role is asked for in the spelling that is stored", async () => {
  await store.write(({ db }) =>
    db
      .insertInto("iam_roles")
      .values({
        ...{ role_name: "Deploy", name_key: "deploy", role_id: "AROA1", path: "/teams/", description: null },
        ...{ max_session_seconds: 3600, created_at: 1 },
      })
      .execute(),
  );
  const arn = "arn:aws:iam::111122223333:role/teams/Deploy";
  for (const RoleArn of [arn, "arn:aws:iam::111122223333:role/dEPLOY"]) {
    expect(await iamNeeds("sts:AssumeRole", { RoleArn }, context)).toEqual([
      { action: "sts:AssumeRole", resource: arn },
    ]);
  }
});

it("a call of IAM that names nobody is about the caller", async () => {
  const ownArn = "arn:aws:iam::111122223333:user/ann";
  const own = { ...context, ownArn };
  expect(await iamNeeds("iam:CreateAccessKey", {}, own)).toEqual([{ action: "iam:CreateAccessKey", resource: ownArn }]);
  expect(await iamNeeds("iam:ListUsers", {}, own)).toEqual([{ action: "iam:ListUsers", resource: "*" }]);
});

it("a role that is given to a function is asked for as policies write it, whatever the partition", () => {
  const role = "arn:aws:iam::111122223333:role/admin";
  for (const Role of [role, role.replace("aws:", "aws-cn:")]) {
    const needs = lambdaNeeds("lambda:CreateFunction", { FunctionName: "pay", Role }, context);
    expect(needs).toContainEqual({ action: "iam:PassRole", resource: role });
  }
});

it("who gives a function code from a bucket has to be allowed to read it there", () => {
  const resource = "arn:aws:s3:::artifacts/pay.zip";
  const from = { S3Bucket: "artifacts", S3Key: "pay.zip" };
  const made = lambdaNeeds("lambda:CreateFunction", { FunctionName: "pay", Code: from }, context);
  expect(made).toContainEqual({ action: "s3:GetObject", resource });
  const changed = lambdaNeeds(
    "lambda:UpdateFunctionCode",
    { FunctionName: "pay", ...from, S3ObjectVersion: "7" },
    context,
  );
  expect(changed).toContainEqual({ action: "s3:GetObjectVersion", resource });
});
