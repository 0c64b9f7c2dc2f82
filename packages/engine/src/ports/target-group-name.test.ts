import { describe, expect, it } from "vitest";
import { groupOfPair, isSameTargetGroup } from "./target-group-name.ts";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup";

describe("a target group", () => {
  it("is the same under its name and its ARN, and another when two ARNs differ", () => {
    expect(isSameTargetGroup("web", `${ARN}/web/6d0ecf831eec9f09`)).toBe(true);
    expect(isSameTargetGroup(`${ARN}/web/6d0ecf831eec9f09`, `${ARN}/web/6d0ecf831eec9f09`)).toBe(true);
    expect(isSameTargetGroup(`${ARN}/web/6d0ecf831eec9f09`, `${ARN}/web/0000000000000000`)).toBe(false);
    expect(isSameTargetGroup("web", `${ARN}/web-2/6d0ecf831eec9f09`)).toBe(false);
  });

  it("is called as its pair calls it", () => {
    const pair = { targetGroups: ["web", `${ARN}/green/1`], productionListener: "l", testListener: null } as const;
    expect(groupOfPair(pair, `${ARN}/web/6d0ecf831eec9f09`)).toBe("web");
    expect(groupOfPair(pair, "green")).toBe(`${ARN}/green/1`);
    expect(groupOfPair(pair, `${ARN}/green/2`)).toBeUndefined();
  });
});
