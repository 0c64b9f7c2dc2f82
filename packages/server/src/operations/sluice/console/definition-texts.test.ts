import { expect, it } from "vitest";
import type { Identity } from "../../../access/identity.ts";
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
    ...{ accountId: "111122223333", region: "us-east-1", store: undefined as never, serves: undefined as never },
    principal: { role: "user", accessKeyId: "AKIAANN", hostId: null, identity: nobody } as const,
  };
  expect(await definitionTexts("ECS", ECS, context)).toEqual({
    texts: [],
    troubles: [expect.stringContaining("no policy allows the caller ecs:DescribeTaskDefinition")],
  });
});
