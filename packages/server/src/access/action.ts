import type { S3Action } from "@sluice/bucket/protocol/s3-action.ts";
import type { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import type { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import type { ELBV2_TABLE } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import type { IAM_TABLE } from "@sluice/wire/query/iam-service.ts";
import type { STS_TABLE } from "@sluice/wire/query/sts-service.ts";
import type { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";

/** What may be allowed or refused, named as IAM names it: a service's signing name and an operation. S3's are IAM's own, and so is
 * Lambda's InvokeFunction. */
export type Action =
  | `codedeploy:${keyof typeof CODEDEPLOY_TABLE}`
  | `codedeploy-commands:${keyof typeof COMMAND_TABLE}`
  | `sluice:${keyof typeof SLUICE_TABLE | OwnAction}`
  | `ecs:${keyof typeof ECS_TABLE}`
  | `elasticloadbalancing:${keyof typeof ELBV2_TABLE}`
  | `lambda:${Exclude<keyof typeof LAMBDA_TABLE, "Invoke"> | "InvokeFunction"}`
  | `sts:${keyof typeof STS_TABLE}`
  | `iam:${keyof typeof IAM_TABLE}`
  | typeof PASS_ROLE
  | S3Action;

/** No operation either: to give a role to what then acts by it, as IAM has it. */
export const PASS_ROLE = "iam:PassRole";

/**
 * What is no operation: the event stream and the backup; to act in the name of a host, which the agents' operations do; and to send the
 * heartbeat by which the server proves to itself that it hears; and to download the program that hosts run.
 */
export type OwnAction = "StreamEvents" | "TakeBackup" | "SpeakForHost" | "ProveHearing" | "GetAgentProgram";
