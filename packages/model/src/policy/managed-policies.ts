import { parsePolicy } from "./parse-policy.ts";
import type { NamedPolicy } from "./policy-document.ts";

/** A policy that everybody has: AWS's, as far as Sluice serves what it is about, and Sluice's own. */
export interface ManagedPolicy extends NamedPolicy {
  readonly arn: string;
  readonly description: string;
  /** The document as JSON, indented. */
  readonly text: string;
}

export const MANAGED_POLICY_ARN_PREFIX = "arn:aws:iam::aws:policy/";

const CODEDEPLOY_READS = ["codedeploy:BatchGet*", "codedeploy:Get*", "codedeploy:List*"];
const ECS_READS = ["ecs:Describe*", "ecs:List*"];
const BALANCER_READS = ["elasticloadbalancing:Describe*"];
const BALANCER_CREATIONS = ["CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"];
const LAMBDA_READS = ["lambda:Get*", "lambda:List*"];
const S3_READS = ["s3:Get*", "s3:List*"];
/** What the console asks for to show its pages. */
const CONSOLE_READS = [
  "sluice:Get*",
  "sluice:List*",
  "sluice:Describe*",
  "sluice:Search*",
  "sluice:Compare*",
  "sluice:PlanDeployment",
  "sluice:ReadAlarms",
  "sluice:ExplainAccess",
  "sluice:StreamEvents",
  "sluice:CreateConsoleLink",
];
/** What decides who may do what, and everything at once. */
const ADMINISTRATION = [
  "iam:*",
  "sts:AssumeRole",
  "sluice:*AccessKey*",
  "sluice:*Policy",
  "sluice:*Policies",
  "sluice:*User",
  "sluice:*Users",
  "sluice:*Role",
  "sluice:*Roles",
  "sluice:TakeBackup",
];
/** What agents say, and the server itself: with it, a key could pass for any host. */
const SPEECH_OF_HOSTS = [
  "codedeploy-commands:*",
  "sluice:HostHeartbeat",
  "sluice:PutHostLogs",
  "sluice:SpeakForHost",
  "sluice:ProveHearing",
];

/** In the order in which they are listed. */
export const MANAGED_POLICIES: readonly ManagedPolicy[] = [
  allowing("AdministratorAccess", "Everything, keys and policies too.", ["*"]),
  allowing("ReadOnlyAccess", "Reads everything that Sluice serves, the bundles' contents too.", [
    ...CODEDEPLOY_READS,
    ...ECS_READS,
    ...BALANCER_READS,
    ...LAMBDA_READS,
    ...S3_READS,
    "iam:Get*",
    "iam:List*",
    "sts:GetCallerIdentity",
    ...CONSOLE_READS,
  ]),
  allowing("AWSCodeDeployFullAccess", "Every operation of CodeDeploy.", ["codedeploy:*"]),
  allowing("AWSCodeDeployDeployerAccess", "Registers and deploys revisions, and reads CodeDeploy.", [
    ...CODEDEPLOY_READS,
    "codedeploy:CreateDeployment",
    "codedeploy:RegisterApplicationRevision",
  ]),
  allowing("AWSCodeDeployReadOnlyAccess", "Reads CodeDeploy.", CODEDEPLOY_READS),
  allowing("AmazonS3FullAccess", "Every operation of S3, on all buckets.", ["s3:*"]),
  allowing("AmazonS3ReadOnlyAccess", "Reads and lists all buckets.", S3_READS),
  managed(
    "AmazonECS_FullAccess",
    "Every operation of ECS, and what its blue/green deployments take of CodeDeploy, load balancers and functions.",
    {
      Action: [
        "ecs:*",
        ...CODEDEPLOY_READS,
        "codedeploy:ContinueDeployment",
        "codedeploy:CreateApplication",
        "codedeploy:CreateDeployment",
        "codedeploy:CreateDeploymentGroup",
        "codedeploy:StopDeployment",
        ...BALANCER_READS,
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DeleteTargetGroup",
        "lambda:ListFunctions",
      ],
    },
    {
      Action: "elasticloadbalancing:AddTags",
      Condition: { StringEquals: { "elasticloadbalancing:CreateAction": BALANCER_CREATIONS } },
    },
  ),
  allowing("AWSLambda_FullAccess", "Every operation of Lambda, and calling functions.", ["lambda:*", "iam:PassRole"]),
  allowing("AWSLambda_ReadOnlyAccess", "Reads and lists functions; calls none.", LAMBDA_READS),
  allowing("ElasticLoadBalancingFullAccess", "Every operation of Elastic Load Balancing.", ["elasticloadbalancing:*"]),
  allowing("ElasticLoadBalancingReadOnly", "Reads load balancers, listeners, rules and target groups.", BALANCER_READS),
  managed(
    "SluiceOperator",
    "Everything but keys, policies, users, roles and their sessions, backups, and passing for a host.",
    {
      NotAction: [...ADMINISTRATION, ...SPEECH_OF_HOSTS],
    },
  ),
  allowing("SluiceViewer", "What the console shows: everything is read but the contents of bundles.", [
    ...CODEDEPLOY_READS,
    ...ECS_READS,
    ...BALANCER_READS,
    ...LAMBDA_READS,
    "s3:GetBucket*",
    "s3:List*",
    "sts:GetCallerIdentity",
    ...CONSOLE_READS,
  ]),
];

const BY_ARN: ReadonlyMap<string, ManagedPolicy> = new Map(MANAGED_POLICIES.map((policy) => [policy.arn, policy]));

/** Undefined when there is no managed policy of that ARN: `arn:aws:iam::aws:policy/AdministratorAccess`. */
export function managedPolicyOf(arn: string): ManagedPolicy | undefined {
  return BY_ARN.get(arn);
}

function allowing(name: string, description: string, actions: readonly string[]): ManagedPolicy {
  return managed(name, description, { Action: actions.length === 1 ? actions[0] : actions });
}

function managed(name: string, description: string, ...allowed: readonly object[]): ManagedPolicy {
  const statements = allowed.map((each) => ({ Effect: "Allow", ...each, Resource: "*" }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
  return {
    name,
    arn: `${MANAGED_POLICY_ARN_PREFIX}${name}`,
    description,
    text,
    document: parsePolicy(text, name, "managed"),
  };
}
