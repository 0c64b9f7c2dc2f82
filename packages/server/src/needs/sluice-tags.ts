import { findHostByName, tagsOf } from "../store/hosts.ts";
import { type ReadTags, type StoredTags, storedTags } from "./found-tags.ts";

const HOST_NAME = /^arn:aws:sluice:[^:]*:[^:]*:host\/(.+)$/;

/** Calls name one host. */
export const hostTags: ReadTags = async ({ db }, arns) => {
  const found: (readonly [string, StoredTags])[] = [];
  for (const arn of arns) {
    const [, name] = HOST_NAME.exec(arn) ?? [];
    const row = name === undefined ? undefined : await findHostByName(db, name);
    if (row) found.push([arn, storedTags(tagsOf(row), row.retired_at !== null)]);
  }
  return found;
};
