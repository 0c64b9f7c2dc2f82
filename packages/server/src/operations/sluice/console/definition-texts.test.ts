import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { expect, it } from "vitest";
import type { Identity } from "../../../access/identity.ts";
import { FUNCTION_TAGS } from "../../../store/columns/lambda-columns.ts";
import { functionRow } from "../../../store/lambda/rows.fixture.ts";
import { openStore } from "../../../store/open-store.ts";
import { definitionTexts } from "./definition-texts.ts";

const ECS = JSON.stringify({
  version: 0,
  Resources: [
    {
      TargetService: {
        Type: "AWS::ECS::Service",
        Properties: {
          TaskDefinition: "arn:aws:ecs:us-east-1:111122223333:task-definition/pay:1",
          LoadBalancerInfo: { ContainerName: "pay", ContainerPort: 80 },
        },
      },
    },
  ],
});

it("an AppSpec of one's own shows no task definition that one may not read", async () => {
  const nobody: Identity = {
    kind: "user",
    arn: "arn:aws:iam::111122223333:user/ann",
    ...{ userId: "AIDAANN", name: "ann", tags: {}, policies: [], asksForTags: false },
  };
  const context = {
    ...{ accountId: "111122223333", region: "us-east-1", store: { db: undefined } as never },
    principal: { role: "user", accessKeyId: "AKIAANN", hostId: null, identity: nobody } as const,
  };
  expect(await definitionTexts("ECS", ECS, context)).toEqual({
    texts: [],
    troubles: [expect.stringContaining("policies do not allow ecs:DescribeTaskDefinition")],
  });
});

const LAMBDA = JSON.stringify({
  version: 0,
  Resources: [
    {
      pay: {
        Type: "AWS::Lambda::Function",
        Properties: { Name: "payments", Alias: "live", CurrentVersion: "1", TargetVersion: "2" },
      },
    },
  ],
});
const NOT_LIVE = { StringEquals: { "aws:ResourceTag/env": "live" } };

it.each([
  ["test", "lambda:*", "is not one of this server's"],
  ["live", "lambda:*", "policies do not allow lambda:GetFunction"],
  ["live", "*", "policies do not allow lambda:GetFunction"],
])("a Deny by a function's tag holds for what is compared: env=%s, Deny %s", async (env, denied, trouble) => {
  const store = await openStore({ dataDirectory: ":memory:" });
  const tags_json = FUNCTION_TAGS.write([{ Key: "env", Value: env }]);
  await store.write(({ db }) => db.insertInto("lambda_functions").values(functionRow({ tags_json })).execute());
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: denied, Resource: "*", Condition: NOT_LIVE },
    ],
  });
  const identity: Identity = {
    kind: "user",
    arn: "arn:aws:iam::111122223333:user/ann",
    ...{ userId: "AIDAANN", name: "ann", tags: {}, asksForTags: true },
    policies: [{ name: "hers", document: parsePolicy(policy, "hers") }],
  };
  const principal = { role: "user", accessKeyId: "AKIAANN", hostId: null, identity } as const;
  const context = { accountId: "111122223333", region: "us-east-1", store, principal };
  expect(await definitionTexts("Lambda", LAMBDA, context)).toEqual({
    texts: [],
    troubles: [expect.stringContaining(trouble)],
  });
  await store.close();
});
