import { expect, it } from "vitest";
import { inForm } from "./message-form.ts";

const failed = {
  region: "eu-west-2",
  status: "Failed",
  createTime: "1665736726.589",
  completeTime: "1665737178.000",
  deploymentOverview: { Failed: "0", InProgress: "0", Pending: "0", Skipped: "0", Succeeded: "1" },
  errorInformation: { ErrorCode: "ECS_UPDATE_ERROR", ErrorMessage: 'it said "no"' },
};

it("leaves a body as it is documented, to the letter, unless told otherwise", () => {
  const body = JSON.stringify(failed);
  expect(inForm(body, undefined)).toBe(body);
  expect(inForm(body, "documented")).toBe(body);
});

it("spells a deployment's message as CodeDeploy was seen to send it", () => {
  expect(JSON.parse(inForm(JSON.stringify(failed), "observed"))).toEqual({
    region: "eu-west-2",
    status: "FAILED",
    createTime: "Fri Oct 14 08:38:46 UTC 2022",
    completeTime: "Fri Oct 14 08:46:18 UTC 2022",
    deploymentOverview: '{"Failed":0,"InProgress":0,"Pending":0,"Skipped":0,"Succeeded":1}',
    errorInformation: '{"ErrorCode":"ECS_UPDATE_ERROR","ErrorMessage":"it said \\"no\\""}',
    rollbackInformation: "{}",
  });
});

it("keeps a time that has not come, and writes a status of two words with an underscore", () => {
  const started = { status: "InProgress", createTime: "1665736726.589", completeTime: null };
  expect(JSON.parse(inForm(JSON.stringify(started), "observed"))).toEqual({
    status: "IN_PROGRESS",
    createTime: "Fri Oct 14 08:38:46 UTC 2022",
    completeTime: null,
  });
});

it("spells an instance's lifecycle events as JSON text", () => {
  const instance = {
    lastUpdatedAt: "1446744207.564",
    instanceStatus: "Succeeded",
    lifecycleEvents: [
      {
        LifecycleEvent: "Install",
        LifecycleEventStatus: "Succeeded",
        StartTime: "1446744188.595",
        EndTime: "1446744188.711",
      },
    ],
  };
  const message = JSON.parse(inForm(JSON.stringify(instance), "observed"));
  expect(message.lastUpdatedAt).toBe("Thu Nov 05 17:23:27 UTC 2015");
  expect(JSON.parse(message.lifecycleEvents)).toEqual([
    {
      LifecycleEvent: "Install",
      LifecycleEventStatus: "Succeeded",
      StartTime: "Thu Nov 05 17:23:08 UTC 2015",
      EndTime: "Thu Nov 05 17:23:08 UTC 2015",
    },
  ]);
});
