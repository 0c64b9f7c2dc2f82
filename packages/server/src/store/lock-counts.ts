import { sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";

/** Any number that no other lock of ours uses. */
const COUNTS_LOCK = 7203111;

/**
 * Keeps two replicas from both making the last of what is limited: an application, a deployment group, a configuration, a tag, a GitHub token,
 * the only group of an ECS service. Call it first, before counting what is there. SQLite has one writer anyway.
 */
export async function lockCounts({ db, dialect }: WriteTransaction): Promise<void> {
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${COUNTS_LOCK})`.execute(db);
}
