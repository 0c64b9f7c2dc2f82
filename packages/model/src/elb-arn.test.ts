import { expect, it } from "vitest";
import {
  defaultRuleArn,
  elbResourceType,
  listenerArn,
  listenerRuleArn,
  loadBalancerArn,
  targetGroupArn,
} from "./elb-arn.ts";

const SCOPE = { region: "us-east-1", accountId: "111122223333" };

it("has the forms of AWS", () => {
  const balancer = loadBalancerArn(SCOPE, "application", "web", "50dc6c495c0c9188");
  expect(balancer).toBe("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188");
  const listener = listenerArn(balancer, "f2f7dc8efc522ab2");
  expect(listener).toBe(
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
  );
  const rule = listenerRuleArn(listener, "9683b2d02a6cabee");
  expect(rule).toBe(
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee",
  );
  expect(defaultRuleArn(listener)).toMatch(/listener-rule.*\/f2f7dc8efc522ab2\/f2f7dc8efc522ab2$/);
  const group = targetGroupArn(SCOPE, "blue", "73e2d6bc24d8a067");
  expect([balancer, listener, rule, group, "blue", `${group} `].map(elbResourceType)).toEqual([
    "loadbalancer",
    "listener",
    "listener-rule",
    "targetgroup",
    undefined,
    undefined,
  ]);
  expect(loadBalancerArn(SCOPE, "network", "n", "1")).toMatch(/loadbalancer\/net\/n\/1$/);
});
