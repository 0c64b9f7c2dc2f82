import { callerArn } from "../../../access/caller-arn.ts";
import { addNote } from "../../../store/deployment-notes.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import type { OperationContext } from "../../operation.ts";

/** Keeps with a deployment who stopped it or let it go on by CodeDeploy's own operation, which takes no reason. */
export async function noteCall(
  transaction: WriteTransaction,
  deploymentId: string,
  { action, operation }: { readonly action: "stop" | "stop-and-roll-back" | "continue"; readonly operation: string },
  { now, principal, accountId }: Pick<OperationContext, "now" | "principal" | "accountId">,
): Promise<void> {
  await addNote(transaction, {
    deployment_id: deploymentId,
    at: now(),
    access_key_id: principal.accessKeyId,
    caller_arn: callerArn(principal, accountId),
    action,
    reason: `${operation} was called, without a reason`,
  });
}
