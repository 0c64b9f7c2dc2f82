import { expect, it } from "vitest";
import { whyNotGiven } from "./givable-actions.ts";
import { GRANTS } from "./grants.ts";

it.each([
  ["codedeploy:GetDeployment", undefined],
  ["codedeploy:CreateDeployment", undefined],
  ["codedeploy:PutLifecycleEventHookExecutionStatus", undefined],
  ["s3:GetObject", undefined],
  ["sluice:GetDeploymentLogs", undefined],
  ["sluice:ChangeShift", undefined],
  ["sluice:PutGroupSettings", "it is for administrators, hosts or the server itself: leave it out"],
  ["sluice:TakeBackup", "it is for administrators, hosts or the server itself: leave it out"],
  ["sluice:CreateEnrolmentToken", "it is for administrators, hosts or the server itself: leave it out"],
  ["sluice:SpeakForHost", "it is for administrators, hosts or the server itself: leave it out"],
  ["sluice:ProveHearing", "it is for administrators, hosts or the server itself: leave it out"],
  ["sluice:EnrolHost", "it is for administrators, hosts or the server itself: leave it out"],
  ["codedeploy-commands:PollHostCommand", "it is for hosts alone: leave it out"],
  ["lambda:InvokeFunction", undefined],
  ["lambda:CreateFunction", "it would give the function the rights of every other function: leave it out"],
  ["lambda:UpdateFunctionCode", "it would give the function the rights of every other function: leave it out"],
  ["lambda:UpdateFunctionConfiguration", "it would give the function the rights of every other function: leave it out"],
  ["codedeploy:getdeployment", "there is no such action: write codedeploy:GetDeployment"],
  ["codedeploy:CreateDeploymnt", "there is no such action: write codedeploy:CreateDeployment"],
  ["codedeploy:Nothing", "there is no such action: codedeploy has no operation of this name here"],
  ["codedeploy:*", "there is no such action: codedeploy has no operation of this name here"],
  [
    "toString",
    expect.stringMatching(/^there is no such action: the services are codedeploy, codedeploy-commands, sluice, ecs/),
  ],
  ["", expect.stringMatching(/^there is no such action: the services are /)],
])("%j: %s", (action, why) => {
  expect(whyNotGiven(action)).toEqual(why);
});

it("leaves what hosts do to hosts", () => {
  const hosts = Object.entries(GRANTS).flatMap(([action, { host }]) => (host === "own" ? [action] : []));
  expect(hosts.filter((action) => whyNotGiven(action) === undefined)).toEqual(["s3:GetObject", "s3:GetObjectVersion"]);
});
