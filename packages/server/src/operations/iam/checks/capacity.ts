import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Kysely } from "kysely";
import type { Database } from "../../../store/schema.ts";
import { MAX_OWN_POLICIES, MAX_ROLES, MAX_USERS } from "./iam-limits.ts";

const QUOTAS = {
  iam_users: ["UsersPerAccount", MAX_USERS],
  iam_roles: ["RolesPerAccount", MAX_ROLES],
  iam_policies: ["PoliciesPerAccount", MAX_OWN_POLICIES],
} as const;

/** Whether another one may be made. Under the lock of identities. @throws CallerFault LimitExceeded */
export async function requireRoomFor(db: Kysely<Database>, table: keyof typeof QUOTAS): Promise<void> {
  const [name, quota] = QUOTAS[table];
  const { count } = await db
    .selectFrom(table)
    .select((of) => of.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (Number(count) < quota) return;
  throw new CallerFault(
    "LimitExceeded",
    `Cannot exceed quota for ${name}: ${quota}. Delete one that nobody uses first.`,
  );
}
