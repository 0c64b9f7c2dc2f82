import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { decodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import { isTokenSecret } from "./token-secret.ts";

interface PresentedToken {
  readonly tokenId: string;
  readonly secret: string;
}

/** Reads the token as it was printed. What is in it is proved only by `spendToken`. */
export function readToken(token: string | undefined): PresentedToken {
  if (!token) throw invalid("token is missing: give one that `sluice token create` printed");
  try {
    return decodeEnrolmentToken(token);
  } catch (error) {
    throw invalid("the enrolment token cannot be read: copy it whole, as `sluice token create` printed it", error);
  }
}

/** Takes one use from the token, in the same transaction as what it pays for. Returns the tags that it grants. */
export async function spendToken(
  { db }: WriteTransaction,
  { tokenId, secret }: PresentedToken,
  now: number,
): Promise<Tag[]> {
  const row = await db.selectFrom("enrolment_tokens").selectAll().where("token_id", "=", tokenId).executeTakeFirst();
  const isGenuine = isTokenSecret(secret, row?.secret_sha256);
  if (!row || !isGenuine) {
    throw invalid("the enrolment token is not one of this server's: create one here with `sluice token create`");
  }
  if (row.expires_at <= now) {
    const expired = new Date(row.expires_at).toISOString();
    throw invalid(`the enrolment token expired at ${expired}: create another with \`sluice token create --expires\``);
  }
  const spent = await db
    .updateTable("enrolment_tokens")
    .set((expression) => ({ uses_left: expression("uses_left", "-", 1) }))
    .where("token_id", "=", tokenId)
    .where("uses_left", ">", 0)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) {
    throw invalid("the enrolment token has no uses left: create another with `sluice token create --uses N`");
  }
  return JSON.parse(row.tags_json) as Tag[];
}

function invalid(problem: string, cause?: unknown): CallerFault {
  const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  return new CallerFault("EnrolmentTokenInvalidException", message, { cause });
}
