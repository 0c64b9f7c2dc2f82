import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_ROLE_POLICY_CHARACTERS, MAX_USER_POLICY_CHARACTERS } from "@sluice/model/policy/policy-limits.ts";
import type { InlinePolicy } from "@sluice/wire/sluice/access-api.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import {
  attachPolicy,
  deleteInlinePolicies,
  detachPolicy,
  ownedPolicies,
  type PolicyOwner,
  putInlinePolicy,
} from "../../../store/iam/owned-policies.ts";
import { MAX_ATTACHED_POLICIES } from "../checks/iam-limits.ts";
import { invalid, requirePolicyName } from "../checks/iam-names.ts";
import { requireInlineSize, requirePolicyDocument } from "../checks/policy-documents.ts";
import { requirePolicy } from "../checks/policy-references.ts";

/** What is absent stays as it is. */
export interface OwnedPolicyChanges {
  /** Names or ARNs; all that are attached from now on. */
  readonly policyNames?: readonly string[] | undefined;
  readonly attachPolicyNames?: readonly string[] | undefined;
  readonly detachPolicyNames?: readonly string[] | undefined;
  /** All inline ones from now on. */
  readonly inlinePolicies?: readonly InlinePolicy[] | undefined;
}

const MAX_INLINE_CHARACTERS = { user: MAX_USER_POLICY_CHARACTERS, role: MAX_ROLE_POLICY_CHARACTERS } as const;

/** Under the lock of identities. @throws CallerFault ValidationException, NoSuchEntity, LimitExceeded, MalformedPolicyDocument */
export async function putOwnedPolicies(
  transaction: WriteTransaction,
  owner: PolicyOwner,
  changes: OwnedPolicyChanges,
  accountId: string,
): Promise<void> {
  const { policyNames, attachPolicyNames = [], detachPolicyNames = [], inlinePolicies } = changes;
  if (policyNames && attachPolicyNames.length + detachPolicyNames.length > 0) {
    throw invalid(
      "policyNames says what is attached from now on: leave out attachPolicyNames and detachPolicyNames, or policyNames.",
    );
  }
  const arnOf = async (policy: string) => (await requirePolicy(transaction.db, accountId, policy)).arn;
  const { attached } = await ownedPolicies(transaction.db, owner);
  const wanted = new Set(policyNames ? [] : attached);
  for (const policy of detachPolicyNames) wanted.delete(await arnOf(policy));
  for (const policy of [...(policyNames ?? []), ...attachPolicyNames]) wanted.add(await arnOf(policy));
  await attachExactly(transaction, owner, attached, wanted);
  if (inlinePolicies) await putInlineExactly(transaction, owner, inlinePolicies);
}

async function attachExactly(
  transaction: WriteTransaction,
  owner: PolicyOwner,
  attached: readonly string[],
  wanted: ReadonlySet<string>,
): Promise<void> {
  const added = [...wanted].filter((arn) => !attached.includes(arn));
  if (added.length > 0) requireAttachable(owner, wanted.size);
  for (const arn of attached) if (!wanted.has(arn)) await detachPolicy(transaction, owner, arn);
  for (const arn of added) await attachPolicy(transaction, owner, arn);
}

/** @param count with those that are to be attached */
export function requireAttachable({ kind, name }: PolicyOwner, count: number): void {
  if (count <= MAX_ATTACHED_POLICIES) return;
  throw new CallerFault(
    "LimitExceeded",
    `Cannot exceed quota for PoliciesPer${kind === "user" ? "User" : "Role"}: ${MAX_ATTACHED_POLICIES}. Detach a policy of the ${kind} ${name} first, or put several into one.`,
  );
}

async function putInlineExactly(
  transaction: WriteTransaction,
  owner: PolicyOwner,
  policies: readonly InlinePolicy[],
): Promise<void> {
  const { kind, name } = owner;
  const names = new Set<string>();
  for (const policy of policies) {
    const policyName = requirePolicyName(policy.policyName, "policyName of an inline policy");
    if (names.has(policyName)) throw invalid(`inlinePolicies has the policy ${policyName} twice.`);
    names.add(policyName);
    requirePolicyDocument(policy.document, policyName, kind);
  }
  requireInlineSize(
    policies.map(({ document }) => document),
    kind,
    name,
    MAX_INLINE_CHARACTERS[kind],
  );
  await deleteInlinePolicies(transaction, owner);
  for (const { policyName, document } of policies) {
    await putInlinePolicy(transaction, owner, { policy_name: policyName, document });
  }
}

/** One inline policy, beside those that there are. Under the lock of identities. */
export async function putOneInlinePolicy(
  transaction: WriteTransaction,
  owner: PolicyOwner,
  { policyName, document }: InlinePolicy,
): Promise<void> {
  const { kind, name } = owner;
  requirePolicyDocument(document, policyName, kind);
  const { inline } = await ownedPolicies(transaction.db, owner);
  const others = inline.filter(({ policy_name }) => policy_name !== policyName);
  requireInlineSize([...others.map((other) => other.document), document], kind, name, MAX_INLINE_CHARACTERS[kind]);
  await putInlinePolicy(transaction, owner, { policy_name: policyName, document });
}
