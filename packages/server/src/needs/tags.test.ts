import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Need, NeedFacts } from "../access/need.ts";
import type { Principal } from "../access/principal.ts";
import { newListener, newLoadBalancer, newRule, newTargetGroup } from "../balancing/balancing.fixture.ts";
import { newHostRow } from "../hosts/new-host.ts";
import { CLUSTER_TAGS, SERVICE_TAGS, TASK_DEFINITION_TAGS, TASK_SET_DEFINITION } from "../store/columns/ecs-columns.ts";
import { USER_TAGS } from "../store/columns/iam-columns.ts";
import { FUNCTION_TAGS } from "../store/columns/lambda-columns.ts";
import { clusterRow, serviceRow, taskDefinitionRow, taskRow, taskSetRow } from "../store/ecs/rows.fixture.ts";
import { saveListener, saveListenerRule } from "../store/elb/listeners.ts";
import { saveLoadBalancer } from "../store/elb/load-balancers.ts";
import { saveTargetGroup } from "../store/elb/target-groups.ts";
import { insertHost } from "../store/hosts.ts";
import { functionRow } from "../store/lambda/rows.fixture.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { CODEDEPLOY_NEEDS } from "./codedeploy-needs.ts";
import { ecsNeeds } from "./ecs-needs.ts";
import { elbv2Needs } from "./elbv2-needs.ts";
import { iamNeeds } from "./iam-needs.ts";
import { lambdaNeeds } from "./lambda-needs.ts";
import type { NeedsOf } from "./needs-context.ts";
import { type NeedsOfCall, type NeedsParts, requireNeedsOf } from "./require-needs.ts";
import { sluiceNeeds } from "./sluice-needs.ts";

const SCOPE = { region: "us-east-1", accountId: "111122223333" };
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111122223333:${resource}`;
const ELB = arn("elasticloadbalancing", "");
const TAGS = [{ Key: "env", Value: "live" }];
const ECS_TAGS = [{ key: "env", value: "live" }];
const WEB_TASK = "0123456789abcdef0123456789abcdef";
const [WEB_BALANCER, WEB_GROUP, WEB_LISTENER, WEB_RULE] = [
  ...[`${ELB}loadbalancer/app/web/1`, `${ELB}targetgroup/web/1`, `${ELB}listener/app/web/1/2`],
  `${ELB}listener-rule/app/web/1/2/3`,
] as const;

let store: Store;
let parts: NeedsParts;

beforeAll(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  parts = { ...SCOPE, db: store.db };
  const definition = { launchType: "EC2", clientToken: null, startedBy: "" } as const;
  await store.write(async (transaction) => {
    const { db } = transaction;
    const gone = { service_id: "gone", status: "INACTIVE", created_at: 5, tags_json: SERVICE_TAGS.write([]) } as const;
    const tags_json = SERVICE_TAGS.write(ECS_TAGS);
    const names = ["web", "api"].map((service_name) => ({ service_name, service_id: service_name }));
    await db
      .insertInto("ecs_clusters")
      .values(clusterRow({ tags_json: CLUSTER_TAGS.write(ECS_TAGS) }))
      .execute();
    await db
      .insertInto("ecs_services")
      .values([
        serviceRow({ ...names[0], tags_json }),
        // The name was another service's before, and after.
        serviceRow(gone),
        serviceRow(names[1]),
        serviceRow({ ...gone, service_id: "old", service_name: "old", tags_json }),
      ])
      .execute();
    await db
      .insertInto("ecs_task_definitions")
      .values([
        taskDefinitionRow({ tags_json: TASK_DEFINITION_TAGS.write(ECS_TAGS) }),
        taskDefinitionRow({ revision: 2 }),
      ])
      .execute();
    const liveSet = TASK_SET_DEFINITION.write({ ...definition, tags: ECS_TAGS });
    await db
      .insertInto("ecs_task_sets")
      .values(taskSetRow({ task_set_id: "ecs-svc/1", service_id: "web", definition_json: liveSet }))
      .execute();
    await saveLoadBalancer(db, newLoadBalancer({ arn: WEB_BALANCER, tags: TAGS }));
    await saveTargetGroup(db, newTargetGroup({ arn: WEB_GROUP, tags: TAGS }));
    await saveListener(db, newListener({ arn: WEB_LISTENER, loadBalancerArn: WEB_BALANCER, tags: TAGS }));
    await saveListenerRule(db, newRule({ arn: WEB_RULE, listenerArn: WEB_LISTENER, tags: TAGS }));
    await db
      .insertInto("lambda_functions")
      .values(functionRow({ tags_json: FUNCTION_TAGS.write(TAGS) }))
      .execute();
    await db
      .insertInto("iam_users")
      .values({
        ...{ user_name: "Ann", name_key: "ann", user_id: "AIDA1", path: "/team/", description: null, created_at: 1 },
        tags_json: USER_TAGS.write(TAGS),
      })
      .execute();
    const host = { hostId: "i-1", hostIdentifier: "i-1", hostName: "web-1", kind: "instance" } as const;
    await insertHost(transaction, newHostRow({ ...host, tags: TAGS, now: 0 }));
    const key = { secret_access_key: "x", description: null, created_at: 1 };
    await db
      .insertInto("access_keys")
      .values([
        { access_key_id: "AKIALAST", role: "user", user_name: "Ann", host_id: null, ...key },
        { access_key_id: "AKIAHOST", role: "host", user_name: null, host_id: "i-1", ...key },
      ])
      .execute();
    await db
      .insertInto("ecs_tasks")
      .values(taskRow({ task_id: WEB_TASK, task_set_id: "ecs-svc/1", service_id: "web" }))
      .execute();
    await db
      .insertInto("resource_tags")
      .values({ resource_arn: arn("codedeploy", "application:web"), tag_key: "env", tag_value: "live" })
      .execute();
  });
});
afterAll(() => store.close());

const service =
  (needsOf: (action: never, input: unknown, context: never) => ReturnType<NeedsOfCall>, prefix: string): NeedsOfCall =>
  (operation, input, context) =>
    needsOf(`${prefix}${operation}` as never, input, context as never);
const SERVICES = {
  codedeploy: (operation, input, context) =>
    (CODEDEPLOY_NEEDS as unknown as Record<string, NeedsOf<unknown>>)[operation]!(input, context),
  ecs: ecsNeeds,
  elasticloadbalancing: elbv2Needs,
  iam: service(iamNeeds, "iam:"),
  lambda: service(lambdaNeeds, "lambda:"),
  sluice: (operation, input, context) => sluiceNeeds(operation, input as object, context),
} satisfies Record<string, NeedsOfCall>;
type Service = keyof typeof SERVICES;

function user(...statements: readonly object[]): Principal {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    ...{ role: "user", accessKeyId: "AKIAANN", hostId: null },
    identity: {
      ...{ kind: "user", arn: "arn:aws:iam::111122223333:user/bob", userId: "AIDABOB", name: "bob", tags: {} },
      ...{ policies: [{ name: "his", document: parsePolicy(policy, "his") }], asksForTags: true },
    },
  };
}
const ALL = { Effect: "Allow", Action: "*", Resource: "*" };
const NOT_LIVE = { ...ALL, Effect: "Deny", Condition: { StringEquals: { "aws:ResourceTag/env": "live" } } };
const ask = (principal: Principal, call: string, input: object, given = parts) => {
  const [name = "", operation = ""] = call.split(":");
  return requireNeedsOf(SERVICES[name as Service], { operation, input, principal }, given);
};

describe("a Deny by aws:ResourceTag", () => {
  it.each([
    ["ecs:UpdateService", { cluster: "prod", service: "web" }],
    ["ecs:DescribeServices", { cluster: "prod", services: ["api", "web"] }],
    ["ecs:DescribeServices", { cluster: "prod", services: ["old"] }],
    ["ecs:CreateService", { cluster: "prod", serviceName: "web" }],
    ["ecs:DeleteCluster", { cluster: "prod" }],
    ["ecs:UntagResource", { resourceArn: arn("ecs", "task-definition/web:1") }],
    ["ecs:TagResource", { resourceArn: arn("ecs", "task-set/prod/web/ecs-svc/1") }],
    ["elasticloadbalancing:ModifyListener", { ListenerArn: WEB_LISTENER }],
    ["elasticloadbalancing:CreateListener", { LoadBalancerArn: WEB_BALANCER }],
    ["elasticloadbalancing:SetRulePriorities", { RulePriorities: [{ RuleArn: WEB_RULE }] }],
    ["elasticloadbalancing:RemoveTags", { ResourceArns: [`${ELB}targetgroup/x/1`, WEB_GROUP] }],
    ["lambda:UpdateFunctionCode", { FunctionName: "payments" }],
    ["lambda:InvokeFunction", { FunctionName: "payments", Qualifier: "prod" }],
    ["iam:DeleteUser", { UserName: "ann" }],
    ["sluice:RemoveHost", { host: "i-1" }],
    ["sluice:PutUser", { userName: "ann" }],
    ["sluice:CreateEnrolmentToken", { tags: TAGS }],
    ["sluice:RotateAccessKey", { accessKeyId: "AKIAHOST" }],
    ["sluice:GetFunctionLogs", { function: "payments:prod" }],
    ["sluice:GetTaskLogs", { cluster: "prod", service: arn("ecs", "service/test/web") }],
    ["sluice:GetTaskLogs", { task: arn("ecs", `task/test/${WEB_TASK}`) }],
    ["iam:GetAccessKeyLastUsed", { AccessKeyId: "AKIALAST" }],
    ["sluice:DeclareHost", { hostName: "web-2", tags: TAGS }],
    ["codedeploy:DeleteApplication", { applicationName: "web" }],
    // What is made has the tags that it is made with.
    ["ecs:CreateService", { cluster: "prod", serviceName: "new", tags: ECS_TAGS }],
    ["ecs:RegisterTaskDefinition", { family: "web", tags: ECS_TAGS }],
    ["elasticloadbalancing:CreateTargetGroup", { Name: "new", Tags: TAGS }],
    ["elasticloadbalancing:CreateRule", { ListenerArn: `${ELB}listener/app/api/1/2`, Tags: TAGS }],
    ["lambda:CreateFunction", { FunctionName: "new", Tags: { env: "live" } }],
    ["codedeploy:CreateApplication", { applicationName: "new", tags: TAGS }],
  ])("holds for %s %j", async (call, input) => {
    await expect(ask(user(ALL, NOT_LIVE), call, input)).rejects.toMatchObject({ code: "AccessDeniedException" });
    await ask(user(ALL), call, input);
  });

  it.each([
    ["ecs:UpdateService", { cluster: "prod", service: "api" }],
    ["ecs:UpdateService", { cluster: "test", service: "web" }],
    ["ecs:TagResource", { resourceArn: arn("ecs", "task-definition/web:2"), tags: ECS_TAGS }],
    ["ecs:TagResource", { resourceArn: arn("ecs", "task-set/prod/api/ecs-svc/1") }],
    // Its name was a live service's, which is deleted.
    ["ecs:CreateService", { cluster: "prod", serviceName: "old" }],
    ["ecs:TagResource", { resourceArn: "arn:aws:constructor:us-east-1:111122223333:cluster/prod" }],
    ["elasticloadbalancing:ModifyListener", { ListenerArn: `${ELB}listener/app/api/1/2` }],
    ["lambda:UpdateFunctionCode", { FunctionName: "other" }],
    ["sluice:GetTaskLogs", { cluster: "prod", service: "api" }],
    ["iam:DeleteUser", { UserName: "eve" }],
    ["sluice:DeleteUser", { userName: "eve" }],
    // As on AWS, what selects on-premises instances for groups is nothing to IAM.
    ["codedeploy:GetOnPremisesInstance", { instanceName: "web-1" }],
  ])("is not about %s %j", async (call, input) => {
    await ask(user(ALL, NOT_LIVE), call, input);
  });
});

it("nobody looks for tags that no policy asks for", async () => {
  const { identity, ...bob } = user(ALL);
  const blind = { ...bob, identity: { ...identity!, asksForTags: false } };
  const db = undefined as unknown as NeedsParts["db"];
  await ask(blind, "ecs:UpdateService", { cluster: "prod", service: "web" }, { ...parts, db });
  await ask(blind, "lambda:InvokeFunction", { FunctionName: "payments" }, { ...parts, db });
});

describe("what is made with tags takes the right to tag", () => {
  const needed = async (call: string, input: object) => {
    const [name = "", operation = ""] = call.split(":");
    const needs = await SERVICES[name as Service](operation, input, parts);
    return needs.map(({ action, resource }) => `${action} ${resource.replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, "")}`);
  };
  it.each([
    ["ecs:CreateCluster", { clusterName: "c", tags: ECS_TAGS }, "cluster/c", "ecs:TagResource cluster/c"],
    [
      "ecs:CreateService",
      { serviceName: "s", tags: ECS_TAGS },
      "service/default/s",
      "ecs:TagResource service/default/s",
    ],
    [
      "ecs:CreateTaskSet",
      { service: "s", tags: ECS_TAGS },
      "service/default/s",
      "ecs:TagResource task-set/default/s/*",
    ],
    ["ecs:RegisterTaskDefinition", { family: "f", tags: ECS_TAGS }, "*", "ecs:TagResource task-definition/f:*"],
    [
      ...[
        "elasticloadbalancing:CreateLoadBalancer",
        { Name: "n", Type: "network", Tags: TAGS },
        "loadbalancer/net/n/*",
      ],
      "elasticloadbalancing:AddTags loadbalancer/net/n/*",
    ],
    [
      ...["elasticloadbalancing:CreateTargetGroup", { Name: "n", Tags: TAGS }, "targetgroup/n/*"],
      "elasticloadbalancing:AddTags targetgroup/n/*",
    ],
    [
      ...[
        "elasticloadbalancing:CreateListener",
        { LoadBalancerArn: WEB_BALANCER, Tags: TAGS },
        "loadbalancer/app/web/1",
      ],
      "elasticloadbalancing:AddTags listener/app/web/1/*",
    ],
    [
      ...["elasticloadbalancing:CreateRule", { ListenerArn: WEB_LISTENER, Tags: TAGS }, "listener/app/web/1/2"],
      "elasticloadbalancing:AddTags listener-rule/app/web/1/2/*",
    ],
    [
      ...["lambda:CreateFunction", { FunctionName: "f", Tags: { a: "b" } }, "function:f"],
      "lambda:TagResource function:f",
    ],
  ] as [string, Record<string, unknown>, string, string][])("%s %j", async (call, input, resource, tagging) => {
    expect(await needed(call, input)).toEqual([`${call} ${resource}`, tagging]);
    const { tags: _, Tags: __, ...untagged } = input;
    expect(await needed(call, { ...untagged, ...("Tags" in input ? {} : { tags: [] }) })).toEqual([
      `${call} ${resource}`,
    ]);
  });

  it("and a policy can give it for that alone", async () => {
    const making = (CreateAction: string) => ({
      ...{ Effect: "Allow", Action: "ecs:TagResource", Resource: "*" },
      Condition: { StringEquals: { "ecs:CreateAction": [CreateAction] } },
    });
    const create = { Effect: "Allow", Action: "ecs:Create*", Resource: "*" };
    const input = { cluster: "prod", serviceName: "new", tags: ECS_TAGS };
    await ask(user(create, making("CreateService")), "ecs:CreateService", input);
    const refused = { message: expect.stringContaining("ecs:TagResource") };
    await expect(ask(user(create, making("CreateCluster")), "ecs:CreateService", input)).rejects.toMatchObject(refused);
    const tag = { resourceArn: arn("ecs", "service/prod/api"), tags: ECS_TAGS };
    await expect(ask(user(making("CreateService")), "ecs:TagResource", tag)).rejects.toMatchObject(refused);
  });
});

describe("the tags of a call are seen by conditions", () => {
  const facts = async (call: string, input: object): Promise<NeedFacts> => {
    const [name = "", operation = ""] = call.split(":");
    const [need] = (await SERVICES[name as Service](operation, input, parts)) as readonly [Need];
    return { requestTags: need.requestTags, takenTagKeys: need.takenTagKeys };
  };
  const given = { requestTags: { env: "live" }, takenTagKeys: undefined };
  const taken = { requestTags: undefined, takenTagKeys: ["env"] };
  it.each([
    ["ecs:TagResource", { resourceArn: arn("ecs", "cluster/prod"), tags: ECS_TAGS }, given],
    ["ecs:UntagResource", { resourceArn: arn("ecs", "cluster/prod"), tagKeys: ["env"] }, taken],
    ["elasticloadbalancing:AddTags", { ResourceArns: [WEB_GROUP], Tags: TAGS }, given],
    ["elasticloadbalancing:RemoveTags", { ResourceArns: [WEB_GROUP], TagKeys: ["env"] }, taken],
    ["lambda:TagResource", { Resource: arn("lambda", "function:f"), Tags: { env: "live" } }, given],
    ["lambda:UntagResource", { Resource: arn("lambda", "function:f"), TagKeys: ["env"] }, taken],
    ["sluice:TagHost", { host: "web-1", tags: TAGS }, given],
    ["sluice:UntagHost", { host: "web-1", tagKeys: ["env"] }, taken],
    ["codedeploy:TagResource", { ResourceArn: arn("codedeploy", "application:a"), Tags: TAGS }, given],
    ["codedeploy:UntagResource", { ResourceArn: arn("codedeploy", "application:a"), TagKeys: ["env"] }, taken],
  ])("%s %j", async (call, input, wanted) => {
    expect(await facts(call, input)).toEqual(wanted);
  });

  it("and those that are taken away have keys, and no values", async () => {
    const only = (condition: object) => user({ ...ALL, Condition: condition });
    const untag = { Resource: arn("lambda", "function:f"), TagKeys: ["env", "team"] };
    await ask(only({ "ForAllValues:StringEquals": { "aws:TagKeys": ["env", "team"] } }), "lambda:UntagResource", untag);
    await ask(only({ Null: { "aws:RequestTag/env": "true" } }), "lambda:UntagResource", untag);
    await expect(
      ask(only({ "ForAllValues:StringEquals": { "aws:TagKeys": ["env"] } }), "lambda:UntagResource", untag),
    ).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  it("and so are those that are not among all that a user is given", async () => {
    const only = user({ ...ALL, Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } } });
    const given = [{ Key: "team", Value: "shop" }];
    await ask(only, "sluice:PutUser", { userName: "eve", tags: given });
    await ask(only, "sluice:PutUser", { userName: "ann", description: "her tags stay" });
    for (const tags of [given, []]) {
      await expect(ask(only, "sluice:PutUser", { userName: "ann", tags })).rejects.toMatchObject({
        code: "AccessDeniedException",
      });
    }
  });
});
