import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import type { Kysely } from "kysely";
import { findHosts } from "../../../store/hosts.ts";
import { listOwnedPolicies } from "../../../store/iam/owned-policies.ts";
import type { AnyKeyRow } from "../../../store/people-keys.ts";
import type { Database } from "../../../store/schema.ts";
import { nameInArn } from "../../iam/checks/policy-references.ts";

/** Keys without their secrets, in the order given, with the policies of their users and the names of their hosts. */
export async function keySummaries(
  db: Kysely<Database>,
  rows: readonly AnyKeyRow[],
): Promise<readonly AccessKeySummary[]> {
  const userNames = [...new Set(rows.flatMap(({ user_name }) => user_name ?? []))];
  const hostIds = [...new Set(rows.flatMap(({ host_id }) => host_id ?? []))];
  const policies = await listOwnedPolicies(db, "user", userNames);
  const hosts = new Map((await findHosts(db, hostIds)).map((host) => [host.host_id, host.host_name]));
  return rows.map((row) => {
    const owned = row.user_name === null ? undefined : policies.get(row.user_name);
    return {
      accessKeyId: row.access_key_id,
      role: row.role,
      description: row.description ?? undefined,
      createdAt: new Date(row.created_at),
      status: row.status,
      expiresAt: dateOf(row.expires_at),
      lastUsedAt: dateOf(row.last_used_at),
      lastUsedFrom: row.last_used_from ?? undefined,
      lastUsedService: row.last_used_service ?? undefined,
      userName: row.user_name ?? undefined,
      policyNames: owned && [...owned.attached.map(nameInArn), ...owned.inline.map(({ policy_name }) => policy_name)],
      hostId: row.host_id ?? undefined,
      hostName: row.host_id === null ? undefined : hosts.get(row.host_id),
    };
  });
}

export async function keySummary(db: Kysely<Database>, row: AnyKeyRow): Promise<AccessKeySummary> {
  const [summary] = await keySummaries(db, [row]);
  return summary!;
}

function dateOf(at: number | null): Date | undefined {
  return at === null ? undefined : new Date(at);
}
