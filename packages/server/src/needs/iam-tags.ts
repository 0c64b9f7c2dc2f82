import { USER_TAGS } from "../store/columns/iam-columns.ts";
import { userArn } from "../store/iam/iam-arns.ts";
import { nameKey } from "../store/iam/users.ts";
import { inListParts } from "../store/in-list.ts";
import { type ReadTags, type StoredTags, storedTags } from "./found-tags.ts";

const USER_NAME = /:user\/(?:.*\/)?([^/]+)$/;

/** Roles have no tags here. */
export const userTags: ReadTags = async ({ db, accountId }, arns) => {
  const keys = arns.flatMap((arn) => {
    const [, name] = USER_NAME.exec(arn) ?? [];
    return name === undefined ? [] : [nameKey(name)];
  });
  const found: (readonly [string, StoredTags])[] = [];
  for (const part of inListParts(keys)) {
    const rows = await db.selectFrom("iam_users").selectAll().where("name_key", "in", part).execute();
    for (const row of rows) {
      found.push([userArn(accountId, row.path, row.user_name), storedTags(USER_TAGS.read(row))]);
    }
  }
  return found;
};
