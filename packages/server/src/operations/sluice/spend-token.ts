import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { EnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { Kysely, Selectable } from "kysely";
import { TOKEN_TAGS } from "../../store/columns/host-columns.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import type { Database, EnrolmentTokensTable } from "../../store/schema.ts";
import { isTokenSecret } from "./token-secret.ts";

type ShownToken = Pick<EnrolmentToken, "id" | "secret">;

/** Takes one use from the token, in the same transaction as what it pays for. Returns the tags that it grants. */
export async function spendToken({ db }: WriteTransaction, token: ShownToken, now: number): Promise<readonly Tag[]> {
  const row = await genuineToken(db, token, now);
  const spent = await db
    .updateTable("enrolment_tokens")
    .set((expression) => ({ uses_left: expression("uses_left", "-", 1) }))
    .where("token_id", "=", token.id)
    .where("uses_left", ">", 0)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) throw usedUp();
  return TOKEN_TAGS.read(row);
}

/** Whether a host could enrol with the token now. No use is taken from it. @throws CallerFault EnrolmentTokenInvalidException */
export async function requireUsableToken(db: Kysely<Database>, token: ShownToken, now: number): Promise<void> {
  const row = await genuineToken(db, token, now);
  if (row.uses_left <= 0) throw usedUp();
}

async function genuineToken(
  db: Kysely<Database>,
  { id, secret }: ShownToken,
  now: number,
): Promise<Selectable<EnrolmentTokensTable>> {
  const row = await db.selectFrom("enrolment_tokens").selectAll().where("token_id", "=", id).executeTakeFirst();
  const isGenuine = isTokenSecret(secret, row?.secret_sha256);
  if (!row || !isGenuine) {
    throw invalid("is not one of this server's, or was revoked: create one here with `sluice token create`");
  }
  if (row.expires_at <= now) {
    const expired = new Date(row.expires_at).toISOString();
    throw invalid(`expired at ${expired}: create another with \`sluice token create --expires\``);
  }
  return row;
}

function usedUp(): CallerFault {
  return invalid("has no uses left: create another with `sluice token create --uses N`");
}

function invalid(problem: string): CallerFault {
  return new CallerFault("EnrolmentTokenInvalidException", `The enrolment token ${problem}.`);
}
