import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ListAccessKeysInput, ListAccessKeysOutput } from "@sluice/wire/sluice/access-api.ts";
import { findUser } from "../../../store/iam/users.ts";
import { type KeyPosition, listKeys } from "../../../store/people-keys.ts";
import { IAM_PAGE } from "../../iam/checks/iam-limits.ts";
import { noSuchUser, requireUserName } from "../../iam/checks/iam-names.ts";
import { keyInToken, listedPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import { keySummaries } from "./key-summary.ts";

const LISTING = "accessKeys";
const POSITION = /^[0-9]{1,15}:\w{1,128}$/;

/** Without their secrets. */
export const listAccessKeys: Operation<ListAccessKeysInput, ListAccessKeysOutput> = async (input, { store }) => {
  const { nextToken, includeHosts } = input;
  const after = nextToken === undefined ? null : requirePosition(nextToken);
  const rows = await listKeys(store.db, {
    after: after === null ? undefined : positionOf(after),
    limit: IAM_PAGE + 1,
    userName: await userNameOf(input, store.db),
    includeHosts,
  });
  const page = { after, limit: IAM_PAGE + 1, size: IAM_PAGE };
  const { items, token } = listedPage(LISTING, rows, page, (row) => `${row.created_at}:${row.access_key_id}`);
  return { accessKeys: await keySummaries(store.db, items), nextToken: token };
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

function requirePosition(token: string): string {
  const position = keyInToken(LISTING, token, POSITION);
  if (position !== undefined) return position;
  throw new CallerFault(
    "InvalidNextTokenException",
    "The nextToken is not one that ListAccessKeys gave: pass it unchanged, or leave it out to start from the beginning.",
  );
}

function positionOf(position: string): KeyPosition {
  const [createdAt = "", accessKeyId = ""] = position.split(":");
  return { createdAt: Number(createdAt), accessKeyId };
}
