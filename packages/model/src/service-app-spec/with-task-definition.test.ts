import { expect, it } from "vitest";
import { readEcsAppSpec } from "./ecs-app-spec.ts";
import { withTaskDefinition } from "./with-task-definition.ts";

const ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/shop:2";
const YAML = `version: 0.0
# What is kept.
resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        taskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }
Hooks:
  - AfterInstall: check
`;
const JSON_TEXT = JSON.stringify({
  version: 0,
  Resources: [
    {
      TargetService: {
        Type: "AWS::ECS::Service",
        Properties: { TaskDefinition: "shop:1", LoadBalancerInfo: { ContainerName: "web", ContainerPort: 8080 } },
      },
    },
  ],
});

it.each([
  ["YAML", YAML],
  ["JSON", JSON_TEXT],
])("replaces the task definition in %s", (_, text) => {
  const filled = withTaskDefinition(text, ARN) ?? "";
  expect(readEcsAppSpec(filled)).toMatchObject({
    outcome: "read",
    appSpec: { taskSet: { taskDefinition: ARN, containerName: "web", containerPort: 8080 } },
  });
});

it("leaves the rest as it was written", () => {
  expect(withTaskDefinition(YAML, ARN)).toBe(YAML.replace("<TASK_DEFINITION>", ARN));
});

it.each([
  "",
  "version: 0.0\n",
  "Resources: {}",
  "Resources: [{",
  "- a",
  "Resources: [{ Service: { Properties: {} } }]",
])("replaces nothing in %j", (text) => {
  expect(withTaskDefinition(text, ARN)).toBeUndefined();
});
