import type { TargetGroupPair } from "./weighted-router.ts";

/** `web` of `arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/web/6d0ecf83`, and of `web`. */
export function targetGroupName(text: string): string {
  return /^arn:[^/]*:targetgroup\/([^/]+)/.exec(text)?.[1] ?? text;
}

/** Two ARNs are one group when they are alike; a name is that of any ARN which has it. */
export function isSameTargetGroup(one: string, other: string): boolean {
  if (one === other) return true;
  const areArns = one.startsWith("arn:") && other.startsWith("arn:");
  return !areArns && targetGroupName(one) === targetGroupName(other);
}

/** What the pair calls the group, be it by its name or by its ARN. Undefined: it is none of the pair. */
export function groupOfPair({ targetGroups }: TargetGroupPair, targetGroup: string): string | undefined {
  return targetGroups.find((group) => isSameTargetGroup(group, targetGroup));
}
