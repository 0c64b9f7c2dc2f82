import { MANAGED_POLICIES, type ManagedPolicy } from "@sluice/model/policy/managed-policies.ts";
import type { Kysely } from "kysely";
import { policyArn, policyNameOfArn } from "../../../store/iam/iam-arns.ts";
import type { IamPoliciesTable } from "../../../store/iam/iam-tables.ts";
import { findOwnPolicy } from "../../../store/iam/own-policies.ts";
import type { Database } from "../../../store/schema.ts";
import { noSuchPolicy } from "./iam-names.ts";

/** A policy that may be attached: the installation's own, or one of AWS's. */
export type FoundPolicy =
  | { readonly own: IamPoliciesTable; readonly arn: string; readonly name: string; readonly document: string }
  | { readonly managed: ManagedPolicy; readonly arn: string; readonly name: string; readonly document: string };

/** By its ARN, or by its name: one's own come before AWS's. @throws CallerFault NoSuchEntity */
export async function requirePolicy(db: Kysely<Database>, accountId: string, nameOrArn: string): Promise<FoundPolicy> {
  const isArn = nameOrArn.startsWith("arn:");
  const ownName = isArn ? policyNameOfArn(nameOrArn) : nameOrArn;
  const own = ownName === undefined ? undefined : await findOwnPolicy(db, ownName);
  if (own) {
    const found = ownPolicy(own, accountId);
    if (!isArn || found.arn === nameOrArn) return found;
  }
  const managed = MANAGED_POLICIES.find(({ arn, name }) => (isArn ? arn : name) === nameOrArn);
  if (managed) return { managed, arn: managed.arn, name: managed.name, document: managed.text };
  throw noSuchPolicy(nameOrArn);
}

export function ownPolicy(own: IamPoliciesTable, accountId: string): FoundPolicy & { readonly own: IamPoliciesTable } {
  return { own, arn: policyArn(accountId, own.path, own.policy_name), name: own.policy_name, document: own.document };
}

/** The last part of a policy's ARN. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
