import { arnParts } from "./arn-text.ts";
import { patternOf, patternsOverlap } from "./wildcards.ts";

/** The ARNs that a service's actions are about, as patterns. A service that is not here is not known. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  codedeploy: ["application:?*", "deploymentgroup:?*", "deploymentconfig:?*", "instance:?*", "instance/?*"].map(
    (form) => `arn:*:codedeploy:*:*:${form}`,
  ),
  ecs: ["cluster/?*", "service/?*", "task-definition/?*", "task-set/?*", "task/?*"].map(
    (form) => `arn:*:ecs:*:*:${form}`,
  ),
  elasticloadbalancing: ["loadbalancer/?*", "listener/?*", "listener-rule/?*", "targetgroup/?*"].map(
    (form) => `arn:*:elasticloadbalancing:*:*:${form}`,
  ),
  lambda: ["arn:*:lambda:*:*:function:?*"],
  s3: ["arn:*:s3:::?*"],
  iam: ["user/?*", "role/?*", "policy/?*"].map((form) => `arn:*:iam::*:${form}`),
  sts: ["arn:*:iam::*:role/?*", "arn:*:sts::*:assumed-role/?*"],
};

/** Calls on an object of S3; all others are on a bucket. */
const OBJECT_ACTION = /^s3:(?:(?:get|put|delete)object|abortmultipart|listmultipart)/i;
const OBJECTS = ["arn:*:s3:::?*/?*"];

/**
 * Whether a call of the action can be about a resource that the pattern names; also where nothing is known of its service. Part by part: an
 * asterisk that is meant to reach over colons is taken for one that ends there.
 */
export function canBeAbout(action: string, resourcePattern: string): boolean {
  const service = action.slice(0, action.indexOf(":")).toLowerCase();
  const isObjectAction = OBJECT_ACTION.test(action);
  if (service === "s3" && !isObjectAction && resourcePattern.includes("/")) return false;
  const forms = isObjectAction ? OBJECTS : FORMS[service];
  if (forms === undefined || /^\*+$/.test(resourcePattern)) return true;
  const parts = arnParts(resourcePattern.replaceAll(/\$\{[^}]*\}/g, "*")).map(patternOf);
  return forms.some((form) =>
    arnParts(form).every((part, index) => patternsOverlap(parts[index] ?? [], patternOf(part))),
  );
}
