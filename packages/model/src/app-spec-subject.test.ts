import { expect, it } from "vitest";
import { appSpecSubject } from "./app-spec-subject.ts";

it.each([
  ['{"Resources":[{"f":{"Properties":{"Name":"f","CurrentVersion":"2","TargetVersion":"3"}}}]}', "version 3"],
  ["Properties:\n  CurrentVersion: 2\n  TargetVersion: '12'\n", "version 12"],
  ['"TaskDefinition": "arn:aws:ecs:us-east-1:111122223333:task-definition/storefront:14"', "storefront:14"],
  ["TaskDefinition: storefront:14\n", "storefront:14"],
  ["TaskDefinition: <TASK_DEFINITION>\n", undefined],
  ["version: 0.0\nos: linux\nfiles: []\n", undefined],
])("names what %j deploys", (content, subject) => {
  expect(appSpecSubject(content)).toBe(subject);
});
