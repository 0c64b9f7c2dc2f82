import { string, structure, type TableFor } from "../shapes/shape.ts";
import type { QueryService } from "./query-service.ts";

export const STS_SIGNING_NAME = "sts";
export const STS_VERSION = "2011-06-15";

/** Who signed a call, in the shape of an IAM user. */
export interface CallerIdentity {
  Arn: string;
  UserId: string;
  Account: string;
}

/** The operations of STS that are served. */
export interface StsOperations {
  GetCallerIdentity: { input: Record<never, never>; output: CallerIdentity };
}

export const STS_TABLE = {
  GetCallerIdentity: {
    input: structure({}),
    output: structure({ Arn: string, UserId: string, Account: string }, ["Arn", "UserId", "Account"]),
  },
} satisfies TableFor<StsOperations>;

export const STS_SERVICE: QueryService = {
  signingName: STS_SIGNING_NAME,
  version: STS_VERSION,
  namespace: `https://sts.amazonaws.com/doc/${STS_VERSION}/`,
  table: STS_TABLE,
  hasEmptyResults: false,
};
