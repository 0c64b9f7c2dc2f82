import { describe, expect, test } from "vitest";
import { decide, mayEverAllow } from "./decide.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { NamedPolicy } from "./policy-document.ts";

const ARN = "arn:aws:codedeploy:eu-west-1:111122223333";
const request = (action: string, resource = `${ARN}:deploymentgroup:web/test`) => ({ action, resource, context: {} });

function policy(name: string, ...statements: object[]): NamedPolicy {
  return { name, document: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), name) };
}

const deployers = policy("deployers", {
  Sid: "Deploy",
  Effect: "Allow",
  Action: ["codedeploy:CreateDeployment", "codedeploy:Get*"],
  Resource: `${ARN}:deploymentgroup:web/*`,
});
const frozen = policy("frozen", { Effect: "Deny", Action: "codedeploy:CreateDeployment", Resource: "*" });

describe("decide", () => {
  test("says which statement allows", () => {
    expect(decide([deployers], undefined, request("codedeploy:createdeployment"))).toEqual({
      effect: "allow",
      kind: "identity",
      by: { policy: "deployers", statement: 0, sid: "Deploy" },
    });
  });

  test("says whose policies allow nothing", () => {
    expect(decide([deployers], [], request("codedeploy:GetDeployment"))).toEqual({
      effect: "implicit-deny",
      kind: "session",
      missing: [],
    });
    expect(decide([deployers], undefined, request("codedeploy:DeleteApplication"))).toMatchObject({
      effect: "implicit-deny",
      kind: "identity",
    });
  });

  test("lets a Deny win, wherever it stands", () => {
    const by = { policy: "frozen", statement: 0, sid: undefined };
    const create = request("codedeploy:CreateDeployment");
    expect(decide([deployers, frozen], undefined, create)).toEqual({ effect: "explicit-deny", kind: "identity", by });
    expect(decide([deployers], [deployers, frozen], create)).toEqual({ effect: "explicit-deny", kind: "session", by });
  });
});

describe("mayEverAllow", () => {
  test("asks for an Allow that names the action, in both sets of policies", () => {
    expect(mayEverAllow([deployers], undefined, "codedeploy:GetDeployment")).toBe(true);
    expect(mayEverAllow([deployers], undefined, "codedeploy:ListDeployments")).toBe(false);
    expect(mayEverAllow([deployers], [], "codedeploy:GetDeployment")).toBe(false);
  });

  test("minds a Deny that refuses whatever the resource, and no other", () => {
    const oneGroup = policy("one-group", { Effect: "Deny", Action: "*", Resource: `${ARN}:deploymentgroup:web/live` });
    const elsewhere = policy("elsewhere", {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
    });
    expect(mayEverAllow([deployers, frozen], undefined, "codedeploy:CreateDeployment")).toBe(false);
    expect(mayEverAllow([deployers], [deployers, frozen], "codedeploy:CreateDeployment")).toBe(false);
    expect(mayEverAllow([deployers, oneGroup, elsewhere], undefined, "codedeploy:CreateDeployment")).toBe(true);
  });
});
