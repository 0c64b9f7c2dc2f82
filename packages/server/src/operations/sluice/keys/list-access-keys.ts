import type { ListAccessKeysInput, ListAccessKeysOutput } from "@sluice/wire/sluice/access-api.ts";
import { findUser } from "../../../store/iam/users.ts";
import { listKeys } from "../../../store/people-keys.ts";
import { IAM_PAGE } from "../../iam/checks/iam-limits.ts";
import { noSuchUser, requireUserName } from "../../iam/checks/iam-names.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import { keySummaries } from "./key-summary.ts";

/** Without their secrets. */
export const listAccessKeys: Operation<ListAccessKeysInput, ListAccessKeysOutput> = async (input, context) => {
  const { store } = context;
  const { includeHosts } = input;
  const page = openPage(
    { operation: "ListAccessKeys", input, token: input.nextToken, size: IAM_PAGE, shape: ["number", "string"] },
    context,
  );
  const rows = await listKeys(store.db, {
    after: page.after && { createdAt: page.after[0], accessKeyId: page.after[1] },
    limit: page.limit,
    userName: await userNameOf(input, store.db),
    includeHosts,
  });
  const { items, nextToken } = page.cut(rows, (row) => [Number(row.created_at), row.access_key_id]);
  return { accessKeys: await keySummaries(store.db, items), nextToken };
};

async function userNameOf(
  { userName }: ListAccessKeysInput,
  db: Parameters<typeof findUser>[0],
): Promise<string | undefined> {
  if (userName === undefined) return undefined;
  const user = await findUser(db, requireUserName(userName));
  if (user) return user.user_name;
  throw noSuchUser(userName);
}
