import type { ExplainAccessInput } from "@sluice/wire/sluice/access-api.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { parseTags } from "../../hosts/tag-text.ts";
import type { AccessSearch } from "../access-search.ts";

/** `key:ID`, `user:NAME` or `role:NAME` as the API takes it; undefined: it is none of these. */
export function whoInput(who: string): Pick<ExplainAccessInput, "accessKeyId" | "userName" | "roleName"> | undefined {
  const at = who.indexOf(":");
  const name = who.slice(at + 1).trim();
  if (at < 0 || name === "") return undefined;
  switch (who.slice(0, at)) {
    case "key":
      return { accessKeyId: name };
    case "user":
      return { userName: name };
    case "role":
      return { roleName: name };
    default:
      return undefined;
  }
}

/** What the URL asks; undefined as long as that is no whole question. */
export function explainInput({ who, action, resource, address, tags }: AccessSearch): ExplainAccessInput | undefined {
  const input = whoInput(who ?? "");
  if (input === undefined || action === undefined || resource === undefined) return undefined;
  const resourceTags = tagsOf(tags);
  return {
    ...input,
    action,
    resource,
    ...(address !== undefined && { sourceAddress: address }),
    ...(resourceTags.length > 0 && { resourceTags }),
  };
}

function tagsOf(text: string | undefined): readonly Tag[] {
  const parsed = parseTags((text ?? "").replaceAll(",", "\n"));
  return "tags" in parsed ? parsed.tags : [];
}
