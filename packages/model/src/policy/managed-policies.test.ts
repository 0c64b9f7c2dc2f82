import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import { MANAGED_POLICIES, managedPolicyOf } from "./managed-policies.ts";
import { parsePolicy } from "./parse-policy.ts";

/** An action, and the managed policies that allow it. */
const ALLOWED_BY: Readonly<Record<string, string>> = {
  "codedeploy:CreateDeployment":
    "AdministratorAccess AWSCodeDeployFullAccess AWSCodeDeployDeployerAccess AmazonECS_FullAccess SluiceOperator",
  "codedeploy:DeleteApplication": "AdministratorAccess AWSCodeDeployFullAccess SluiceOperator",
  "codedeploy:GetDeployment":
    "AdministratorAccess ReadOnlyAccess AWSCodeDeployFullAccess AWSCodeDeployDeployerAccess AWSCodeDeployReadOnlyAccess AmazonECS_FullAccess SluiceOperator SluiceViewer",
  "s3:GetObject": "AdministratorAccess ReadOnlyAccess AmazonS3FullAccess AmazonS3ReadOnlyAccess SluiceOperator",
  "s3:ListBucket":
    "AdministratorAccess ReadOnlyAccess AmazonS3FullAccess AmazonS3ReadOnlyAccess SluiceOperator SluiceViewer",
  "s3:PutObject": "AdministratorAccess AmazonS3FullAccess SluiceOperator",
  "ecs:UpdateService": "AdministratorAccess AmazonECS_FullAccess SluiceOperator",
  "ecs:DescribeTasks": "AdministratorAccess ReadOnlyAccess AmazonECS_FullAccess SluiceOperator SluiceViewer",
  "lambda:InvokeFunction": "AdministratorAccess AWSLambda_FullAccess SluiceOperator",
  "lambda:GetAlias":
    "AdministratorAccess ReadOnlyAccess AWSLambda_FullAccess AWSLambda_ReadOnlyAccess SluiceOperator SluiceViewer",
  "elasticloadbalancing:ModifyRule": "AdministratorAccess ElasticLoadBalancingFullAccess SluiceOperator",
  "elasticloadbalancing:DescribeRules":
    "AdministratorAccess ReadOnlyAccess AmazonECS_FullAccess ElasticLoadBalancingFullAccess ElasticLoadBalancingReadOnly SluiceOperator SluiceViewer",
  "sluice:ListHosts": "AdministratorAccess ReadOnlyAccess SluiceOperator SluiceViewer",
  "sluice:ListRolledBackGroups": "AdministratorAccess ReadOnlyAccess SluiceOperator SluiceViewer",
  "sluice:PutGroupSettings": "AdministratorAccess SluiceOperator",
  "sluice:CreateConsoleLink": "AdministratorAccess ReadOnlyAccess SluiceOperator SluiceViewer",
  "sluice:CreateAccessKey": "AdministratorAccess",
  "sluice:RotateAccessKey": "AdministratorAccess",
  "sluice:PutPolicy": "AdministratorAccess",
  "sluice:DeleteUser": "AdministratorAccess",
  "sluice:PutRole": "AdministratorAccess",
  "sluice:TakeBackup": "AdministratorAccess",
  "codedeploy-commands:PollHostCommand": "AdministratorAccess",
  "sluice:SpeakForHost": "AdministratorAccess",
  "iam:CreateAccessKey": "AdministratorAccess",
  "iam:PassRole": "AdministratorAccess AWSLambda_FullAccess",
  "sts:AssumeRole": "AdministratorAccess",
};

test("each managed policy allows what it is for, and nothing else", () => {
  const found = Object.keys(ALLOWED_BY).map((action) => {
    const allowing = MANAGED_POLICIES.filter(
      (policy) => decide([policy], undefined, { action, resource: "arn:aws:x:::y", context: {} }).effect === "allow",
    );
    return [action, allowing.map(({ name }) => name).join(" ")];
  });
  expect(Object.fromEntries(found)).toEqual(ALLOWED_BY);
});

test("they are found by ARN, and each is the policy that its text says", () => {
  for (const policy of MANAGED_POLICIES) {
    expect(managedPolicyOf(`arn:aws:iam::aws:policy/${policy.name}`)).toBe(policy);
    expect(parsePolicy(policy.text, policy.name, "managed")).toEqual(policy.document);
  }
  expect(managedPolicyOf("arn:aws:iam::aws:policy/None")).toBeUndefined();
});
