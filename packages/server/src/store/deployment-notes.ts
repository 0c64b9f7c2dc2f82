import type { Insertable, Kysely, Selectable } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { Database, DeploymentNotesTable } from "./schema.ts";

export type DeploymentNoteRow = Selectable<DeploymentNotesTable>;

/** Keeps a reason with a deployment, behind those that it has. The transaction has its row locked, or has just made it. */
export async function addNote(
  { db }: WriteTransaction,
  note: Omit<Insertable<DeploymentNotesTable>, "ordinal">,
): Promise<void> {
  const last = await db
    .selectFrom("deployment_notes")
    .select((expression) => expression.fn.max("ordinal").as("ordinal"))
    .where("deployment_id", "=", note.deployment_id)
    .executeTakeFirst();
  const ordinal = last?.ordinal == null ? 0 : Number(last.ordinal) + 1;
  await db
    .insertInto("deployment_notes")
    .values({ ...note, ordinal })
    .execute();
}

/** The oldest first. */
export async function notesOf(db: Kysely<Database>, deploymentId: string): Promise<DeploymentNoteRow[]> {
  return db
    .selectFrom("deployment_notes")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .orderBy("ordinal")
    .execute();
}
