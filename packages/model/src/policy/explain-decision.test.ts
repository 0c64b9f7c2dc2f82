import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { explainDecision } from "./explain-decision.ts";
import { nearestStatements } from "./nearest-statements.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { NamedPolicy, PolicyRequest } from "./policy-document.ts";

const GROUP = "arn:aws:codedeploy:eu-west-1:111122223333:deploymentgroup:web/live";
const TEST = GROUP.replace("live", "test");
const request = (context: PolicyRequest["context"] = {}, action = "codedeploy:CreateDeployment") => ({
  action,
  resource: GROUP,
  context,
});

function policy(name: string, ...statements: object[]): NamedPolicy {
  return { name, document: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), name) };
}

function explain(identity: readonly NamedPolicy[], asked: PolicyRequest, session?: readonly NamedPolicy[]): string[] {
  return explainDecision(decide(identity, session, asked), asked);
}

const everything = policy("all", { Effect: "Allow", Action: "*", Resource: "*" });

describe("explainDecision", () => {
  test("names the statement that allows or denies", () => {
    expect(explain([everything], request())).toEqual([
      `Statement 0 of the policy all allows codedeploy:CreateDeployment on ${GROUP}.`,
    ]);
    const frozen = policy("frozen", { Sid: "Freeze", Effect: "Deny", Action: "*", Resource: GROUP });
    expect(explain([everything, frozen], request())).toEqual([
      `Statement 0 (Freeze) of the policy frozen denies codedeploy:CreateDeployment on ${GROUP}.`,
      "A Deny wins over every Allow: to allow the call, remove the statement or narrow its Resource or Condition.",
    ]);
    expect(explain([everything], request(), [frozen])[0]).toContain(", for this session.");
  });

  test("names the resource and the condition that kept an Allow away, nearest first", () => {
    const deployers = policy(
      "deployers",
      { Effect: "Allow", Action: "codedeploy:*", Resource: TEST },
      { Effect: "Allow", Action: "codedeploy:Get*", Resource: "*" },
      {
        Sid: "ByTag",
        Effect: "Allow",
        Action: "codedeploy:Create*",
        Resource: "*",
        Condition: {
          StringEquals: { "aws:ResourceTag/env": ["test", "stage"] },
          IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
          Bool: { "aws:SecureTransport": "true" },
        },
      },
    );
    const asked = request({ "aws:resourcetag/env": ["live"], "aws:securetransport": ["true"] });
    expect(explain([deployers], asked)).toEqual([
      `No policy allows codedeploy:CreateDeployment on ${GROUP}.`,
      'Statement 2 (ByTag) of the policy deployers allows the action, but its condition is StringEquals "test", "stage" for aws:ResourceTag/env, and the request has "live"; and its condition is IpAddress "192.0.2.0/24" for aws:SourceIp, which the request does not have.',
      `Statement 0 of the policy deployers allows the action, but its resource is ${TEST}, not ${GROUP}.`,
      "To allow the call, change the condition, or make the request meet it.",
    ]);
    expect(nearestStatements(decide([deployers], undefined, asked), asked)).toMatchObject([
      {
        policy: "deployers",
        statement: 2,
        sid: "ByTag",
        namesAction: true,
        namesResource: true,
        unmet: [{ seen: ["live"] }, { seen: undefined }],
      },
      { policy: "deployers", statement: 0, namesAction: true, namesResource: false, unmet: [] },
    ]);
  });

  test("names statements of the same service where none is about the action, and a slip", () => {
    const typo = policy(
      "typo",
      { Effect: "Allow", Action: "s3:*", Resource: "*" },
      { Effect: "Allow", Action: ["codedeploy:CreateDeploymnt"], Resource: "*" },
    );
    expect(explain([typo], request())).toEqual([
      `No policy allows codedeploy:CreateDeployment on ${GROUP}.`,
      "Statement 1 of the policy typo is about codedeploy:CreateDeploymnt, not about codedeploy:CreateDeployment: if codedeploy:CreateDeploymnt is a slip, write codedeploy:CreateDeployment.",
      `To allow the call, add a statement: {"Effect":"Allow","Action":"codedeploy:CreateDeployment","Resource":"${GROUP}"}`,
    ]);
  });

  test("says when there is no policy, and when it is the session that allows nothing", () => {
    expect(explain([], request())[0]).toBe(
      `There is no policy, so nothing allows codedeploy:CreateDeployment on ${GROUP}.`,
    );
    expect(explain([everything], request(), [])[0]).toBe(
      `No policy of the session allows codedeploy:CreateDeployment on ${GROUP}. A session may do what both its role's policies and its own allow.`,
    );
  });

  test("lets nothing that a caller wrote reach a terminal", () => {
    const asked = { ...request(), resource: "arn:aws:s3:::b/\u001b[31m" };
    expect(explain([], asked).join()).toContain("\\x1b[31m");
    expect(explain([], asked).join()).not.toContain("\u001b");
  });
});
