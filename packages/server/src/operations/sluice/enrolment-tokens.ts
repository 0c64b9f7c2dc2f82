import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type {
  EnrolmentTokenSummary,
  ListEnrolmentTokensInput,
  ListEnrolmentTokensOutput,
  RevokeEnrolmentTokenInput,
  RevokeEnrolmentTokenOutput,
} from "@sluice/wire/sluice/sluice-api.ts";
import type { Selectable } from "kysely";
import { TOKEN_TAGS } from "../../store/columns/host-columns.ts";
import type { EnrolmentTokensTable } from "../../store/schema.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Without their secrets, which the server does not have. Those that enrol nobody any more only when asked for. */
export const listEnrolmentTokens: Operation<
  ListEnrolmentTokensInput,
  ListEnrolmentTokensOutput,
  SluiceContext
> = async (input, { store, now }) => {
  let query = store.db.selectFrom("enrolment_tokens").selectAll().orderBy("created_at", "desc").orderBy("token_id");
  if (!input.includeSpent) query = query.where("expires_at", ">", now()).where("uses_left", ">", 0);
  return { tokens: (await query.execute()).map(summaryOf) };
};

/** The token enrols nobody from now on. Hosts that have enrolled with it stay. */
export const revokeEnrolmentToken: Operation<
  RevokeEnrolmentTokenInput,
  RevokeEnrolmentTokenOutput,
  SluiceContext
> = async ({ tokenId }, { store }) => {
  if (!tokenId) throw new CallerFault("ValidationException", "tokenId is missing: `sluice token list` shows the ids.");
  const row = await store.write(async ({ db }) => {
    const found = await db
      .selectFrom("enrolment_tokens")
      .selectAll()
      .where("token_id", "=", tokenId)
      .executeTakeFirst();
    await db.deleteFrom("enrolment_tokens").where("token_id", "=", tokenId).execute();
    return found;
  });
  if (row) return { token: summaryOf(row) };
  throw new CallerFault(
    "EnrolmentTokenInvalidException",
    `There is no enrolment token with the id ${excerpt(tokenId)}, or it was revoked: \`sluice token list\` shows those that there are.`,
  );
};

function summaryOf(row: Selectable<EnrolmentTokensTable>): EnrolmentTokenSummary {
  return {
    tokenId: row.token_id,
    tags: [...TOKEN_TAGS.read(row)],
    usesLeft: row.uses_left,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  };
}
