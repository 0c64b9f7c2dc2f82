import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { EnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import { TOKEN_TAGS } from "../../store/columns/host-columns.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { isTokenSecret } from "./token-secret.ts";

/** Takes one use from the token, in the same transaction as what it pays for. Returns the tags that it grants. */
export async function spendToken(
  { db }: WriteTransaction,
  { id, secret }: Pick<EnrolmentToken, "id" | "secret">,
  now: number,
): Promise<readonly Tag[]> {
  const row = await db.selectFrom("enrolment_tokens").selectAll().where("token_id", "=", id).executeTakeFirst();
  const isGenuine = isTokenSecret(secret, row?.secret_sha256);
  if (!row || !isGenuine) {
    throw invalid("is not one of this server's, or was revoked: create one here with `sluice token create`");
  }
  if (row.expires_at <= now) {
    const expired = new Date(row.expires_at).toISOString();
    throw invalid(`expired at ${expired}: create another with \`sluice token create --expires\``);
  }
  const spent = await db
    .updateTable("enrolment_tokens")
    .set((expression) => ({ uses_left: expression("uses_left", "-", 1) }))
    .where("token_id", "=", id)
    .where("uses_left", ">", 0)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) {
    throw invalid("has no uses left: create another with `sluice token create --uses N`");
  }
  return TOKEN_TAGS.read(row);
}

function invalid(problem: string): CallerFault {
  return new CallerFault("EnrolmentTokenInvalidException", `The enrolment token ${problem}.`);
}
