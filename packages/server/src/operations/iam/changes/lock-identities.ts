import { sql } from "kysely";
import type { WriteTransaction } from "../../../store/group-commit.ts";

/** Any number that no other lock of ours uses. */
const IDENTITIES_LOCK = 7203110;

/**
 * Keeps two changes of users, roles and policies from passing each other: a policy is not deleted while it is being attached, and no limit is
 * exceeded by two at once. Call it before looking what is there. SQLite has one writer anyway.
 */
export async function lockIdentities({ db, dialect }: WriteTransaction): Promise<void> {
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${IDENTITIES_LOCK})`.execute(db);
}
