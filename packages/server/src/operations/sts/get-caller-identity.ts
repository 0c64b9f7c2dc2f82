import type { CallerIdentity } from "@sluice/wire/query/sts-service.ts";
import { callerArn, callerUserId } from "../../access/caller-arn.ts";
import type { Operation, OperationContext } from "../operation.ts";

export type StsContext = Pick<OperationContext, "accountId" | "principal">;

/** What tools call first: who the key is, in the shape of an IAM user. */
export const getCallerIdentity: Operation<Record<never, never>, CallerIdentity, StsContext> = async (
  _input,
  { accountId, principal },
) => ({
  Arn: callerArn(principal, accountId),
  UserId: callerUserId(principal, accountId),
  Account: accountId,
});
