import { visibleJson } from "@sluice/model/visible-text.ts";
import type { UserIdentity } from "./user-identity.ts";

/** One line, in CloudTrail's shape and order of members. */
export interface AuditRecord {
  readonly eventVersion: "1.11";
  readonly userIdentity: UserIdentity;
  /** ISO 8601 with milliseconds. */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly AuditResource[];
  readonly eventType: "AwsApiCall" | "AwsConsoleSignIn" | "AwsServiceEvent";
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly eventCategory: "Management" | "Data";
  /** The call came by a session of the console. */
  readonly sessionCredentialFromConsole?: "true";
}

export interface AuditResource {
  readonly ARN: string;
  readonly accountId?: string;
  readonly type?: string;
}

/** The line, with its end. Whatever would steer a terminal is escaped, so that also `cat` is harmless. */
export function lineOf(record: AuditRecord): string {
  const json = JSON.stringify(record);
  return `${PLAIN.test(json) ? json : visibleJson(json)}\n`;
}

/** Nearly every line: looking is cheaper than replacing. */
const PLAIN = /^[\x20-\x7e]*$/;

const TYPES: Readonly<Record<string, string>> = {
  "codedeploy application": "AWS::CodeDeploy::Application",
  "codedeploy deploymentgroup": "AWS::CodeDeploy::DeploymentGroup",
  "codedeploy deploymentconfig": "AWS::CodeDeploy::DeploymentConfig",
  "ecs cluster": "AWS::ECS::Cluster",
  "ecs service": "AWS::ECS::Service",
  "ecs task-definition": "AWS::ECS::TaskDefinition",
  "elasticloadbalancing loadbalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "elasticloadbalancing listener": "AWS::ElasticLoadBalancingV2::Listener",
  "elasticloadbalancing targetgroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
  "lambda function": "AWS::Lambda::Function",
  "iam user": "AWS::IAM::User",
  "iam role": "AWS::IAM::Role",
  "iam policy": "AWS::IAM::Policy",
};

const ARN = /^arn:aws:([a-z0-9-]+):[^:]*:(\d*):([^/:]+)?/;

export function resourceOf(arn: string): AuditResource {
  const [, service = "", accountId = "", kind = ""] = ARN.exec(arn) ?? [];
  const s3 = arn.includes("/") ? "AWS::S3::Object" : "AWS::S3::Bucket";
  const type = service === "s3" ? s3 : TYPES[`${service} ${kind}`];
  return { ARN: arn, ...(accountId !== "" && { accountId }), ...(type !== undefined && { type }) };
}
