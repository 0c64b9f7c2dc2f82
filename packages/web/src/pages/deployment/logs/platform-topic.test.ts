import { expect, test } from "vitest";
import { hooksIn, platformTopic } from "./platform-topic.ts";

const YAML = `
version: 0.0
Resources:
  - pricing:
      Type: AWS::Lambda::Function
Hooks:
  - BeforeAllowTraffic: "check-pricing"
  - AfterAllowTraffic: arn:aws:lambda:us-east-1:111122223333:function:count-orders:live
`;

test("finds the hooks of an AppSpec in YAML and in JSON", () => {
  expect([...hooksIn(YAML)]).toEqual([
    ["BeforeAllowTraffic", "check-pricing"],
    ["AfterAllowTraffic", "count-orders"],
  ]);
  expect([...hooksIn(JSON.stringify({ Hooks: [{ BeforeInstall: "a" }] }))]).toEqual([["BeforeInstall", "a"]]);
});

test("a cell of a hook opens the hook's output, and others that of what is deployed", () => {
  const topic = platformTopic({ functionName: "pricing", hooks: hooksIn(YAML) });
  expect(topic.targets.map(({ id }) => id)).toEqual([
    "function:pricing",
    "function:check-pricing",
    "function:count-orders",
  ]);
  expect(topic.selectionOf("pricing", "BeforeAllowTraffic")).toEqual({ targetId: "function:check-pricing" });
  expect(topic.selectionOf("pricing", "AllowTraffic")).toEqual({ targetId: "function:pricing" });
  expect(topic.selectionOf(undefined, undefined)).toEqual({ targetId: "function:pricing" });
  expect(topic.selectionOf("function:count-orders", undefined)).toEqual({ targetId: "function:count-orders" });
  expect(platformTopic({ service: "main:web", hooks: new Map() }).selectionOf("main:web", "Install")).toEqual({
    targetId: "main:web",
  });
});
