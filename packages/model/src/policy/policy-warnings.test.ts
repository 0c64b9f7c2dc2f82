import { expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { policyWarnings } from "./policy-warnings.ts";

const KNOWN = [
  "codedeploy:CreateDeployment",
  "codedeploy:GetDeployment",
  "s3:GetObject",
  "s3:ListBucket",
  "sts:AssumeRole",
  "sluice:ListHosts",
];
const ACCOUNT = "111122223333";
const GROUP = `arn:aws:codedeploy:*:${ACCOUNT}:deploymentgroup:web/*`;

function warningsOf(statement: object): string[] {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Resource: "*", ...statement } });
  return policyWarnings(parsePolicy(text, "p"), KNOWN, ACCOUNT).map(({ path, problem }) => `${path} ${problem}`);
}
const reading = (Condition: object) => ({ Action: "codedeploy:Get*", Condition });

test.each([
  ["what is right", { Action: ["codedeploy:*", "s3:Get*"], Resource: [GROUP, "arn:aws:s3:::b/*"] }, []],
  [
    "a slip",
    { Action: "codedeploy:CreateDeploymnt" },
    [
      'Statement[0].Action[0] is "codedeploy:CreateDeploymnt", which is no action: the nearest is codedeploy:CreateDeployment',
    ],
  ],
  [
    "a slip in a wildcard",
    { NotAction: "s3:Gt*" },
    ['Statement[0].NotAction[0] is "s3:Gt*", which is no action: it names nothing that Sluice serves'],
  ],
  [
    "a service that is not served",
    { Action: "dynamodb:GetItem" },
    [
      'Statement[0].Action[0] is "dynamodb:GetItem", and Sluice serves no service dynamodb: Sluice serves codedeploy, s3, sts, sluice',
    ],
  ],
  [
    "a slip in a service",
    { Action: "codedeplyo:*" },
    ['Statement[0].Action[0] is "codedeplyo:*", and Sluice serves no service codedeplyo: the nearest is codedeploy'],
  ],
  [
    "another account",
    { Action: "codedeploy:*", Resource: GROUP.replace(ACCOUNT, "444455556666") },
    [
      'Statement[0].Resource[0] is "arn:aws:codedeploy:*:444455556666:deploymentgroup:web/*", of the account 444455556666: this server\'s is 111122223333',
    ],
  ],
  [
    "a bucket for its objects",
    { Action: "s3:GetObject", Resource: "arn:aws:s3:::b" },
    [
      'Statement[0].Resource[0] is "arn:aws:s3:::b", which no action of the statement is about: write "arn:aws:s3:::b/*" for what is in it',
    ],
  ],
  [
    "objects for their bucket",
    { Action: "s3:ListBucket", Resource: "arn:aws:s3:::b/*" },
    [
      'Statement[0].Resource[0] is "arn:aws:s3:::b/*", which no action of the statement is about: write the ARN of such a resource, or "*"',
    ],
  ],
  [
    "another service's resource",
    { Action: "codedeploy:*", Resource: "arn:aws:s3:::b" },
    [
      'Statement[0].Resource[0] is "arn:aws:s3:::b", which no action of the statement is about: write the ARN of such a resource, or "*"',
    ],
  ],
  [
    "a form that nothing has",
    { Action: "codedeploy:*", Resource: "arn:aws:codedeploy:*:*:group:web" },
    [
      'Statement[0].Resource[0] is "arn:aws:codedeploy:*:*:group:web", which no action of the statement is about: write the ARN of such a resource, or "*"',
    ],
  ],
  ["a role to assume", { Action: "sts:AssumeRole", Resource: `arn:aws:iam::${ACCOUNT}:role/deploy` }, []],
  [
    "a key that nothing fills in",
    reading({ StringEquals: { "aws:CalledVia": "v" } }),
    ["Statement[0].Condition.StringEquals.aws:CalledVia is about a condition key that no request to Sluice has"],
  ],
  [
    "a slip in a key",
    reading({ IpAddress: { "aws:SourceIpp": "::1" } }),
    [
      "Statement[0].Condition.IpAddress.aws:SourceIpp is about a condition key that no request to Sluice has: the nearest is aws:SourceIp",
    ],
  ],
  [
    "a set without its word",
    reading({ StringEquals: { "aws:TagKeys": "a" } }),
    [
      "Statement[0].Condition.StringEquals.aws:TagKeys is about several values: write ForAnyValue:StringEquals or ForAllValues:StringEquals",
    ],
  ],
  [
    "keys that requests have",
    reading({
      StringEquals: { "AWS:resourcetag/Env": "a" },
      "ForAnyValue:StringLike": { "aws:TagKeys": "a" },
      Null: { "aws:TagKeys": "true" },
    }),
    [],
  ],
])("policyWarnings: %s", (_, statement, expected) => {
  expect(warningsOf(statement)).toEqual(expected);
});
