import { listOf, objectOf, TEXT } from "@sluice/model/stored-json/form.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { JsonColumn } from "./json-column.ts";

export const USER_TAGS = new JsonColumn(
  "iam_users.tags_json",
  ["user_name"],
  listOf(objectOf<Tag>({ Key: "text", Value: "text" })),
);
export const SESSION_POLICIES = new JsonColumn("sts_sessions.session_policies_json", ["access_key_id"], listOf(TEXT));
export const TOKEN_REPOSITORIES = new JsonColumn("github_tokens.repositories_json", ["token_name"], listOf(TEXT));
