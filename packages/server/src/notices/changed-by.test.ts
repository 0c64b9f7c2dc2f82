import { expect, it } from "vitest";
import { GRANTS } from "../access/grants.ts";
import { CHANGED_BY } from "./changed-by.ts";

/** They change something of which no page shows more than events or an answer tell, or nothing at all. */
const TELL_NOTHING: ReadonlySet<string> = new Set([
  // No call: it is asked of calls that give a role.
  "iam:PassRole",
  // Their events tell it.
  "codedeploy:ContinueDeployment",
  "codedeploy:PutLifecycleEventHookExecutionStatus",
  "codedeploy:SkipWaitTimeForInstanceTermination",
  "codedeploy:StopDeployment",
  "sluice:ChangeShift",
  "sluice:ActOnDeployment",
  // No page lists them.
  "codedeploy:DeleteGitHubAccountToken",
  "sluice:PutGitHubToken",
  "sluice:ReplayTriggerDelivery",
  "sluice:TestTriggers",
  "sluice:CreateBundleUpload",
  "lambda:AddPermission",
  "lambda:InvokeFunction",
  "lambda:RemovePermission",
  "lambda:TagResource",
  "lambda:UntagResource",
  "sluice:TakeBackup",
  "sts:AssumeRole",
  // Of hosts' agents: their states are looked at, and their output has a notice of its own.
  "sluice:GetAgentProgram",
  "sluice:HostHeartbeat",
  "sluice:PutHostLogs",
  "sluice:SpeakForHost",
  "sluice:ProveHearing",
]);

it("names every operation that changes something and is not told otherwise", () => {
  const changing = Object.entries(GRANTS)
    .filter(([action, grant]) => grant["read-only"] !== "allowed" && !/^(s3|codedeploy-commands):/.test(action))
    .map(([action]) => action);
  expect(changing.filter((action) => !Object.hasOwn(CHANGED_BY, action) && !TELL_NOTHING.has(action))).toEqual([]);
  expect([...TELL_NOTHING].filter((action) => Object.hasOwn(CHANGED_BY, action))).toEqual([]);
});
