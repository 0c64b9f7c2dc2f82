import type { DesiredTraffic } from "@sluice/drivers/haproxy/desired-traffic.ts";
import { listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { JsonColumn } from "./json-column.ts";

const TAGS = listOf(objectOf<Tag>({ Key: "text", Value: "text" }));

export const HOST_TAGS = new JsonColumn("hosts.tags_json", ["host_id"], TAGS);
/** What hosts get that enrol with the token. */
export const TOKEN_TAGS = new JsonColumn("enrolment_tokens.tags_json", ["token_id"], TAGS);
export const DESIRED_TRAFFIC = new JsonColumn(
  "desired_traffic.desired_json",
  ["host_id", "group_name"],
  objectOf<DesiredTraffic>({ host: "object", wish: "text", revision: "number", appliedIn: "object" }),
);
