import { MAX_TAG_KEY_CHARACTERS, MAX_TAG_VALUE_CHARACTERS } from "@sluice/model/tag-filter.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";

export type ParsedTag = { readonly tag: Tag } | { readonly problem: string };

/** `KEY=VALUE`: the first `=` ends the key. A tag without a value is `KEY` or `KEY=`. */
export function parseTag(text: string): ParsedTag {
  const at = text.indexOf("=");
  const Key = (at < 0 ? text : text.slice(0, at)).trim();
  const Value = at < 0 ? "" : text.slice(at + 1).trim();
  if (Key === "") return { problem: "It has no key: write KEY=VALUE, such as Role=web." };
  if (Key.length > MAX_TAG_KEY_CHARACTERS)
    return { problem: `The key has ${Key.length} characters: at most ${MAX_TAG_KEY_CHARACTERS} are allowed.` };
  if (Value.length > MAX_TAG_VALUE_CHARACTERS)
    return { problem: `The value has ${Value.length} characters: at most ${MAX_TAG_VALUE_CHARACTERS} are allowed.` };
  return { tag: { Key, Value } };
}

/** One tag a line; empty lines are none. The first that is wrong says so. */
export function parseTags(text: string): { readonly tags: readonly Tag[] } | { readonly problem: string } {
  const tags: Tag[] = [];
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const parsed = parseTag(line);
    if ("problem" in parsed) return parsed;
    tags.push(parsed.tag);
  }
  return { tags };
}
