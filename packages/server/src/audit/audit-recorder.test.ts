import { expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { type AuditedCall, AuditRecorder } from "./audit-recorder.ts";
import { MAX_REFUSAL_LINES_A_MINUTE, MAX_UNPROVED_LINES_A_MINUTE } from "./refusal-budget.ts";

const ROOT: Principal = { role: "root", accessKeyId: "AKIAROOT", hostId: null };
const HOST: Principal = { role: "host", accessKeyId: "AKIAHOST", hostId: "i-1" };
const DENIED = { code: "AccessDeniedException", message: "no" };

function recorderWithLines() {
  const clock = { now: 1_000_000 };
  const lines: { text: string; isProved: boolean }[] = [];
  const due: { at: number; act: () => void }[] = [];
  const recorder = new AuditRecorder({
    writer: {
      append: async (text, isProved = true) => {
        lines.push({ text, isProved });
      },
    },
    timers: {
      now: () => clock.now,
      after: (milliseconds, act) => {
        due.push({ at: clock.now + milliseconds, act });
        return () => {};
      },
    },
    accountId: "111122223333",
    region: "us-east-1",
    newEventId: () => "e",
  });
  const pass = (milliseconds: number) => {
    clock.now += milliseconds;
    for (const timer of due.splice(0)) if (timer.at <= clock.now) timer.act();
  };
  const events = () => lines.map(({ text }) => JSON.parse(text) as Record<string, never>);
  return { recorder, lines, events, pass };
}

const call = (given: Partial<AuditedCall>): AuditedCall => ({
  principal: ROOT,
  sourceAddress: "10.0.0.1",
  userAgent: "aws-cli/2",
  action: "codedeploy:CreateDeployment",
  requestId: "r",
  ...given,
});

it("writes changes and refusals, and no read, poll or report that succeeds", () => {
  const { recorder, events } = recorderWithLines();
  expect(recorder.record(call({ action: "codedeploy:GetDeployment" }))).toBeUndefined();
  recorder.record(
    call({ action: "codedeploy:GetDeployment", fault: { code: "DeploymentDoesNotExistException", message: "" } }),
  );
  recorder.record(call({ principal: HOST, action: "codedeploy-commands:PollHostCommand" }));
  recorder.record(call({ principal: HOST, action: "sluice:PutHostLogs" }));
  expect(events()).toEqual([]);
  expect(recorder.record(call({}))).toBeInstanceOf(Promise);
  recorder.record(call({ fault: { code: "RevisionRequiredException", message: "give one" } }));
  recorder.record(call({ action: "codedeploy:GetDeployment", fault: DENIED }));
  recorder.record(call({ principal: HOST, action: "codedeploy-commands:PollHostCommand", fault: DENIED }));
  recorder.record(call({ action: "sluice:TakeBackup" }));
  expect(events().map(({ eventName, errorCode, readOnly }) => [eventName, errorCode, readOnly])).toEqual([
    ["CreateDeployment", undefined, false],
    ["CreateDeployment", "RevisionRequiredException", false],
    ["GetDeployment", "AccessDeniedException", true],
    ["PollHostCommand", "AccessDeniedException", false],
    ["TakeBackup", undefined, true],
  ]);
});

it("speaks CloudTrail's shape", () => {
  const { recorder, events } = recorderWithLines();
  recorder.record(
    call({
      parameters: () => ({ applicationName: "web" }),
      answer: () => ({ deploymentId: "d-1" }),
      resources: () => ["arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:web/prod"],
      isConsole: true,
    }),
  );
  expect(events()[0]).toEqual({
    eventVersion: "1.11",
    userIdentity: {
      type: "Root",
      principalId: "111122223333",
      arn: "arn:aws:iam::111122223333:root",
      accountId: "111122223333",
      accessKeyId: "AKIAROOT",
    },
    eventTime: "1970-01-01T00:16:40.000Z",
    eventSource: "codedeploy.amazonaws.com",
    eventName: "CreateDeployment",
    awsRegion: "us-east-1",
    sourceIPAddress: "10.0.0.1",
    userAgent: "aws-cli/2",
    requestParameters: { applicationName: "web" },
    responseElements: { deploymentId: "d-1" },
    additionalEventData: { via: "console" },
    requestID: "r",
    eventID: "e",
    readOnly: false,
    resources: [
      {
        ARN: "arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:web/prod",
        accountId: "111122223333",
        type: "AWS::CodeDeploy::DeploymentGroup",
      },
    ],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
    sessionCredentialFromConsole: "true",
  });
});

it("counts refusals that repeat in one line", () => {
  const { recorder, events, pass } = recorderWithLines();
  for (let count = 0; count < 100; count += 1) recorder.record(call({ principal: HOST, fault: DENIED }));
  recorder.record(call({ fault: DENIED }));
  expect(events()).toHaveLength(MAX_REFUSAL_LINES_A_MINUTE + 1);
  pass(60_000);
  expect(events()).toHaveLength(MAX_REFUSAL_LINES_A_MINUTE + 2);
  expect(events().at(-1)).toMatchObject({
    userIdentity: { accessKeyId: "AKIAHOST" },
    additionalEventData: { repeated: 100 - MAX_REFUSAL_LINES_A_MINUTE },
  });
});

it("lets callers who proved nothing push nobody out, and escapes what they claim", () => {
  const { recorder, lines, events, pass } = recorderWithLines();
  const nobody = { principal: undefined, fault: { code: "UnrecognizedClientException", message: "\u001b[2J" } };
  for (let count = 0; count < 2_000; count += 1) {
    recorder.record(call({ ...nobody, claimedAccessKeyId: `${count}\u202e${"x".repeat(9_000)}` }));
  }
  expect(events()).toHaveLength(MAX_UNPROVED_LINES_A_MINUTE);
  expect(lines.every(({ text, isProved }) => !isProved && /^[\x20-\x7e…]*\n$/.test(text))).toBe(true);
  expect(JSON.stringify(events()[0]!.userIdentity)).toContain('"type":"Unknown"');
  expect(lines[0]!.text.length).toBeLessThan(2_000);
  recorder.record(call({ fault: DENIED }));
  expect(events().at(-1)).toMatchObject({ userIdentity: { type: "Root" } });
  pass(60_000);
  expect(events().at(-1)).toMatchObject({
    additionalEventData: { repeated: 2_000 - MAX_UNPROVED_LINES_A_MINUTE, repeatedBy: "several callers" },
  });
});

it("names the token of an enrolment", () => {
  const { recorder, events } = recorderWithLines();
  recorder.record(call({ principal: undefined, action: "sluice:EnrolHost", tokenId: "4f0k" }));
  recorder.record(
    call({
      principal: undefined,
      action: "sluice:EnrolHost",
      tokenId: "4f0k",
      fault: { code: "EnrolmentTokenInvalidException", message: "" },
    }),
  );
  expect(events()).toMatchObject([
    { userIdentity: { type: "EnrolmentToken", principalId: "4f0k" }, additionalEventData: { tokenId: "4f0k" } },
    {
      userIdentity: { type: "Unknown" },
      errorCode: "EnrolmentTokenInvalidException",
      additionalEventData: { tokenId: "4f0k" },
    },
  ]);
});
