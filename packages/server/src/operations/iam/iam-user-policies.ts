import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { attachPolicy, deleteInlinePolicy, detachPolicy, ownedPolicies } from "../../store/iam/owned-policies.ts";
import type { Operation, OperationContext } from "../operation.ts";
import { lockIdentities } from "./changes/lock-identities.ts";
import { putOneInlinePolicy, requireAttachable } from "./changes/put-owned-policies.ts";
import { requirePolicyName, requireUserName } from "./checks/iam-names.ts";
import { nameInArn, requirePolicy } from "./checks/policy-references.ts";
import { markedPage, requireUser } from "./iam-context.ts";

type Nothing = Record<never, never>;
interface PolicyInput {
  readonly UserName?: string | undefined;
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: string | undefined;
  readonly PolicyArn?: string | undefined;
}
interface PageInput {
  readonly UserName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}
interface Owner {
  readonly kind: "user";
  readonly name: string;
}

/** A change to a user's policies, which acts at once. */
async function change(
  { UserName }: PolicyInput,
  context: OperationContext,
  apply: (transaction: WriteTransaction, owner: Owner) => Promise<void>,
): Promise<Nothing> {
  requireUserName(UserName, "UserName");
  await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const user = await requireUser(transaction.db, UserName, context);
    await apply(transaction, { kind: "user", name: user.user_name });
  });
  context.forgetKeys({ policies: true });
  return {};
}

export const putUserPolicy: Operation<PolicyInput, Nothing> = async (input, context) => {
  const policyName = requirePolicyName(input.PolicyName, "PolicyName");
  return change(input, context, (transaction, owner) =>
    putOneInlinePolicy(transaction, owner, { policyName, document: input.PolicyDocument ?? "" }),
  );
};

/** The document is URL-encoded, as IAM answers it: SDKs and the AWS CLI decode it. */
export const getUserPolicy: Operation<
  PolicyInput,
  { readonly UserName: string; readonly PolicyName: string; readonly PolicyDocument: string }
> = async ({ UserName, PolicyName }, context) => {
  const user = await requireUser(context.store.db, UserName, context);
  const { inline } = await ownedPolicies(context.store.db, { kind: "user", name: user.user_name });
  const policy = inline.find(({ policy_name }) => policy_name === PolicyName);
  if (!policy) throw noSuchInline(PolicyName);
  return {
    UserName: user.user_name,
    PolicyName: policy.policy_name,
    PolicyDocument: encodeURIComponent(policy.document),
  };
};

export const listUserPolicies: Operation<
  PageInput,
  { readonly PolicyNames: readonly string[]; readonly IsTruncated: boolean; readonly Marker: string | undefined }
> = async (input, context) => {
  const user = await requireUser(context.store.db, input.UserName, context);
  const { inline } = await ownedPolicies(context.store.db, { kind: "user", name: user.user_name });
  const names = inline.map(({ policy_name }) => policy_name);
  const { items, ...rest } = markedPage("ListUserPolicies", names, input, (name) => name, context);
  return { PolicyNames: items, ...rest };
};

export const deleteUserPolicy: Operation<PolicyInput, Nothing> = async (input, context) =>
  change(input, context, async (transaction, owner) => {
    const name = requirePolicyName(input.PolicyName, "PolicyName");
    if (!(await deleteInlinePolicy(transaction, owner, name))) throw noSuchInline(name);
  });

export const attachUserPolicy: Operation<PolicyInput, Nothing> = async (input, context) =>
  change(input, context, async (transaction, owner) => {
    const { arn } = await requirePolicy(transaction.db, context.accountId, input.PolicyArn ?? "");
    const { attached } = await ownedPolicies(transaction.db, owner);
    if (!attached.includes(arn)) requireAttachable(owner, attached.length + 1);
    await attachPolicy(transaction, owner, arn);
  });

export const detachUserPolicy: Operation<PolicyInput, Nothing> = async (input, context) =>
  change(input, context, async (transaction, owner) => {
    const arn = input.PolicyArn ?? "";
    if (await detachPolicy(transaction, owner, arn)) return;
    throw new CallerFault("NoSuchEntity", `Policy ${arn} was not found.`);
  });

export const listAttachedUserPolicies: Operation<
  PageInput,
  {
    readonly AttachedPolicies: readonly { readonly PolicyName: string; readonly PolicyArn: string }[];
    readonly IsTruncated: boolean;
    readonly Marker: string | undefined;
  }
> = async (input, context) => {
  const user = await requireUser(context.store.db, input.UserName, context);
  const { attached } = await ownedPolicies(context.store.db, { kind: "user", name: user.user_name });
  const { items, ...rest } = markedPage("ListAttachedUserPolicies", attached, input, (arn) => arn, context);
  return { AttachedPolicies: items.map((arn) => ({ PolicyName: nameInArn(arn), PolicyArn: arn })), ...rest };
};

function noSuchInline(name: string | undefined): CallerFault {
  return new CallerFault("NoSuchEntity", `The user policy with name ${name ?? ""} cannot be found.`.slice(0, 200));
}
