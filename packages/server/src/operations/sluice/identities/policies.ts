import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MANAGED_POLICIES } from "@sluice/model/policy/managed-policies.ts";
import type {
  DeletePolicyInput,
  DeletePolicyOutput,
  GetPolicyInput,
  GetPolicyOutput,
  ListPoliciesInput,
  ListPoliciesOutput,
  PutPolicyInput,
  PutPolicyOutput,
} from "@sluice/wire/sluice/access-api.ts";
import { newIamId } from "../../../access/new-access-key.ts";
import {
  countHolders,
  deleteOwnPolicy,
  findOwnPolicy,
  insertOwnPolicy,
  listHolders,
  listOwnPolicies,
  updateOwnPolicy,
} from "../../../store/iam/own-policies.ts";
import { nameKey } from "../../../store/iam/users.ts";
import { lockIdentities } from "../../iam/changes/lock-identities.ts";
import { requireRoomFor } from "../../iam/checks/capacity.ts";
import { invalid, requireIamDescription, requirePolicyName } from "../../iam/checks/iam-names.ts";
import { requirePolicyDocument } from "../../iam/checks/policy-documents.ts";
import { type FoundPolicy, ownPolicy, requirePolicy } from "../../iam/checks/policy-references.ts";
import type { Operation } from "../../operation.ts";
import { policySummary } from "./identity-summaries.ts";
import { requestedPage } from "./paging.ts";

export const listPolicies: Operation<ListPoliciesInput, ListPoliciesOutput> = async (input, context) => {
  const { store, accountId } = context;
  const { scope } = input;
  if (scope !== undefined && scope !== "own" && scope !== "aws") {
    throw invalid(`scope is "${excerpt(scope)}": it must be own or aws; leave it out for both.`);
  }
  const page = requestedPage("ListPolicies", input, context);
  const own = scope === "aws" ? [] : (await listOwnPolicies(store.db)).map((policy) => ownPolicy(policy, accountId));
  const managed = scope === "own" ? [] : MANAGED_POLICIES.map(managedPolicy);
  // In the order by which a page goes on: that of a database may be another.
  const all: readonly FoundPolicy[] = [...own, ...managed].toSorted((one, other) =>
    orderOf(one.arn) < orderOf(other.arn) ? -1 : 1,
  );
  const begin = page.after === null ? 0 : all.findIndex(({ arn }) => orderOf(arn) > (page.after ?? ""));
  const rest = begin < 0 ? [] : all.slice(begin, begin + page.limit);
  const { items, nextToken } = page.cut(rest, ({ arn }) => [orderOf(arn)]);
  const holders = await countHolders(store.db);
  return { policies: items.map((policy) => policySummary(policy, holders.get(policy.arn) ?? 0)), nextToken };
};

export const getPolicy: Operation<GetPolicyInput, GetPolicyOutput> = async (input, { store, accountId }) => {
  if (!input.policyName) throw invalid("policyName is missing: give the policy's name or its ARN.");
  const policy = await requirePolicy(store.db, accountId, input.policyName);
  const holders = await listHolders(store.db, policy.arn);
  return {
    policy: policySummary(policy, holders.length),
    document: policy.document,
    attachedTo: holders.map(({ owner_kind, owner_name }) => ({ kind: owner_kind, name: owner_name })),
  };
};

export const putPolicy: Operation<PutPolicyInput, PutPolicyOutput> = async (input, context) => {
  const policyName = requireOwnName(requirePolicyName(input.policyName));
  const description = requireIamDescription(input.description);
  const document = requirePolicyDocument(input.document, policyName, "managed");
  const now = context.now();
  const put = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const found = await findOwnPolicy(transaction.db, policyName);
    if (found) {
      const change = { document, description: description === undefined ? found.description : description };
      await updateOwnPolicy(transaction, found.policy_name, { ...change, updated_at: now });
    } else {
      await requireRoomFor(transaction.db, "iam_policies");
      await insertOwnPolicy(transaction, {
        policy_name: policyName,
        name_key: nameKey(policyName),
        policy_id: newIamId("ANPA", context.randomText),
        path: "/",
        description: description ?? null,
        document,
        created_at: now,
        updated_at: now,
      });
    }
    const own = (await findOwnPolicy(transaction.db, policyName))!;
    const policy = ownPolicy(own, context.accountId);
    const holders = await listHolders(transaction.db, policy.arn);
    return { policy: policySummary(policy, holders.length), isNew: found === undefined };
  });
  context.forgetKeys({ policies: true });
  return put;
};

/** Refused as long as anybody has it, so that nobody loses a right, or a Deny, unseen. */
export const deletePolicy: Operation<DeletePolicyInput, DeletePolicyOutput> = async (input, context) => {
  if (!input.policyName) throw invalid("policyName is missing: give the policy's name or its ARN.");
  const policyName = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const policy = await requirePolicy(transaction.db, context.accountId, input.policyName);
    if ("managed" in policy) {
      throw invalid(`The policy ${policy.name} is AWS's: everybody has it, and nobody deletes it.`);
    }
    const holders = await listHolders(transaction.db, policy.arn);
    if (holders.length > 0) throw isAttached(policy.name, holders);
    await deleteOwnPolicy(transaction, policy.name);
    return policy.name;
  });
  return { policyName };
};

const MAX_NAMED_HOLDERS = 10;

export function isAttached(
  policyName: string,
  holders: readonly { readonly owner_kind: string; readonly owner_name: string }[],
): CallerFault {
  const named = holders
    .slice(0, MAX_NAMED_HOLDERS)
    .map(({ owner_kind, owner_name }) => `the ${owner_kind} ${owner_name}`);
  const more = holders.length > named.length ? ` and ${holders.length - named.length} more` : "";
  const [first] = holders;
  return new CallerFault(
    "DeleteConflict",
    `Cannot delete a policy attached to entities: ${policyName} is attached to ${named.join(", ")}${more}. Detach it first: sluice ${first?.owner_kind}s detach ${first?.owner_name} ${policyName}`,
  );
}

function managedPolicy(managed: (typeof MANAGED_POLICIES)[number]): FoundPolicy {
  return { managed, arn: managed.arn, name: managed.name, document: managed.text };
}

/** One's own by name, then AWS's in theirs. */
function orderOf(arn: string): string {
  const managed = MANAGED_POLICIES.findIndex((policy) => policy.arn === arn);
  return managed < 0 ? `0:${nameKey(arn.slice(arn.lastIndexOf("/") + 1))}` : `1:${String(managed).padStart(4, "0")}`;
}

/** A policy of a name that every server has would be mistaken for that one. */
function requireOwnName(policyName: string): string {
  const managed = MANAGED_POLICIES.find(({ name }) => nameKey(name) === nameKey(policyName));
  if (!managed) return policyName;
  throw invalid(
    `policyName is "${policyName}": every server has a policy of this name, which nobody changes. Choose another, such as ${managed.name}-own.`,
  );
}
