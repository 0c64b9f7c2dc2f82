import { expect, it } from "vitest";
import { clusterArn, ecsServiceArn, parseEcsArn, taskArn, taskDefinitionArn, taskSetArn } from "./ecs-arn.ts";

const SCOPE = { region: "us-east-1", accountId: "111122223333" };
const TASK_ID = "0123456789abcdef0123456789abcdef";
const TASK_SET = { serviceName: "web", taskSetId: "ecs-svc/1234567890123456789" };

it.each([
  [clusterArn(SCOPE, "prod"), "arn:aws:ecs:us-east-1:111122223333:cluster/prod", { type: "cluster" }],
  [
    ecsServiceArn(SCOPE, "prod", "web"),
    "arn:aws:ecs:us-east-1:111122223333:service/prod/web",
    { type: "service", serviceName: "web" },
  ],
  [
    taskArn(SCOPE, "prod", TASK_ID),
    `arn:aws:ecs:us-east-1:111122223333:task/prod/${TASK_ID}`,
    { type: "task", taskId: TASK_ID },
  ],
  [
    taskSetArn(SCOPE, "prod", TASK_SET),
    "arn:aws:ecs:us-east-1:111122223333:task-set/prod/web/ecs-svc/1234567890123456789",
    { type: "task-set", ...TASK_SET },
  ],
])("%s is written as ECS writes it, and read again", (arn, text, resource) => {
  expect(arn).toBe(text);
  expect(parseEcsArn(arn)).toEqual({ ...SCOPE, resource: { clusterName: "prod", ...resource } });
});

it("a task definition's has its family and revision", () => {
  const arn = taskDefinitionArn(SCOPE, "web", 3);
  expect(arn).toBe("arn:aws:ecs:us-east-1:111122223333:task-definition/web:3");
  expect(parseEcsArn(arn)?.resource).toEqual({ type: "task-definition", family: "web", revision: 3 });
});

it.each([
  "web",
  "arn:aws:ecs:us-east-1:111122223333:service/web",
  "arn:aws:ecs:us-east-1:111122223333:task-definition/web",
  "arn:aws:ecs:us-east-1:111122223333:container-instance/prod/1",
  "arn:aws:codedeploy:us-east-1:111122223333:application:web",
  "arn:aws:ecs:us-east-1:111122223333:task-set/prod/web/1",
])("%s is none", (arn) => {
  expect(parseEcsArn(arn)).toBeUndefined();
});
