import type { WriteTransaction } from "../../../store/group-commit.ts";
import { deleteAttachments, deleteInlinePolicies, type PolicyOwner } from "../../../store/iam/owned-policies.ts";
import { deleteRoleRow } from "../../../store/iam/roles.ts";
import { deleteUserRow } from "../../../store/iam/users.ts";

/** The user or role with its policies. Its keys are the caller's to remove. */
export async function removeIdentity(transaction: WriteTransaction, owner: PolicyOwner): Promise<void> {
  await deleteAttachments(transaction, owner);
  await deleteInlinePolicies(transaction, owner);
  await (owner.kind === "user" ? deleteUserRow : deleteRoleRow)(transaction, owner.name);
}
