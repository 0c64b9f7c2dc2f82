import { integer, list, string, structure, type TableFor, timestamp } from "../shapes/shape.ts";
import type { QueryService } from "./query-service.ts";

export const STS_SIGNING_NAME = "sts";
export const STS_VERSION = "2011-06-15";

/** Who signed a call, in the shape of an IAM user. */
export interface CallerIdentity {
  Arn: string;
  UserId: string;
  Account: string;
}

export interface AssumeRoleInput {
  RoleArn: string;
  RoleSessionName: string;
  /** 900 to the role's maximum; 3,600 when absent. */
  DurationSeconds?: number | undefined;
  /** A policy document that narrows the role's. */
  Policy?: string | undefined;
  /** Managed policies that narrow it. */
  PolicyArns?: { arn?: string | undefined }[] | undefined;
  // Refused by name.
  ExternalId?: string | undefined;
  SerialNumber?: string | undefined;
  TokenCode?: string | undefined;
  SourceIdentity?: string | undefined;
  Tags?: { Key?: string | undefined; Value?: string | undefined }[] | undefined;
  TransitiveTagKeys?: string[] | undefined;
  ProvidedContexts?: { ProviderArn?: string | undefined }[] | undefined;
}
export interface AssumeRoleOutput {
  Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: Date };
  AssumedRoleUser: { AssumedRoleId: string; Arn: string };
}

/** The operations of STS that are served. */
export interface StsOperations {
  GetCallerIdentity: { input: Record<never, never>; output: CallerIdentity };
  AssumeRole: { input: AssumeRoleInput; output: AssumeRoleOutput };
}

export const STS_TABLE = {
  GetCallerIdentity: {
    input: structure({}),
    output: structure({ Arn: string, UserId: string, Account: string }, ["Arn", "UserId", "Account"]),
  },
  AssumeRole: {
    input: structure(
      {
        RoleArn: string,
        RoleSessionName: string,
        DurationSeconds: integer,
        Policy: string,
        PolicyArns: list(structure({ arn: string })),
        ExternalId: string,
        SerialNumber: string,
        TokenCode: string,
        SourceIdentity: string,
        Tags: list(structure({ Key: string, Value: string })),
        TransitiveTagKeys: list(string),
        ProvidedContexts: list(structure({ ProviderArn: string })),
      },
      ["RoleArn", "RoleSessionName"],
    ),
    output: structure(
      {
        Credentials: structure(
          { AccessKeyId: string, SecretAccessKey: string, SessionToken: string, Expiration: timestamp },
          ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"],
        ),
        AssumedRoleUser: structure({ AssumedRoleId: string, Arn: string }, ["AssumedRoleId", "Arn"]),
      },
      ["Credentials", "AssumedRoleUser"],
    ),
  },
} satisfies TableFor<StsOperations>;

export const STS_SERVICE: QueryService = {
  signingName: STS_SIGNING_NAME,
  version: STS_VERSION,
  namespace: `https://sts.amazonaws.com/doc/${STS_VERSION}/`,
  table: STS_TABLE,
  hasEmptyResults: false,
};
