import { excerpt } from "./excerpt.ts";

/** A tag of a host. Keys are unique within one host. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** EC2TagFilter and TagFilter of the API alike. Without a `Type`, the members that are given say what is compared. */
export interface TagFilter {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly Type?: string | undefined;
}

export const TAG_FILTER_TYPES = ["KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"] as const;
export type TagFilterType = (typeof TAG_FILTER_TYPES)[number];

/** codedeploy-semantics.md, section 9: tag sets of a deployment group. */
export const MAX_TAG_SETS = 3;
/** Tags of one on-premises instance, and tag filters of one deployment group. */
export const MAX_TAGS = 10;
export const MAX_TAG_KEY_CHARACTERS = 128;
export const MAX_TAG_VALUE_CHARACTERS = 256;

/** What a filter compares, or undefined when it compares nothing: `tagFilterProblem` says why. */
export function tagFilterType(filter: TagFilter): TagFilterType | undefined {
  if (filter.Type !== undefined) return TAG_FILTER_TYPES.find((type) => type === filter.Type);
  if (filter.Key !== undefined) return filter.Value === undefined ? "KEY_ONLY" : "KEY_AND_VALUE";
  return filter.Value === undefined ? undefined : "VALUE_ONLY";
}

/** Why a filter is not usable, as the end of a sentence that names it; undefined when it is. */
export function tagFilterProblem(filter: TagFilter): string | undefined {
  const type = tagFilterType(filter);
  if (type === undefined) {
    return filter.Type === undefined
      ? "has neither Key nor Value: give at least one"
      : `has the Type "${excerpt(filter.Type)}": use one of ${TAG_FILTER_TYPES.join(", ")}`;
  }
  if (type !== "VALUE_ONLY" && !filter.Key) return `is of the Type ${type} and has no Key: name the tag's key`;
  if (type === "VALUE_ONLY" && filter.Value === undefined) {
    return "is of the Type VALUE_ONLY and has no Value: name the tag's value";
  }
  return tagLengthProblem(filter.Key, filter.Value);
}

/** Why a tag cannot be put on a host, as the end of a sentence that names it; undefined when it can. */
export function tagProblem(tag: {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}): string | undefined {
  if (!tag.Key) return "has no Key: a tag's key is mandatory";
  return tagLengthProblem(tag.Key, tag.Value);
}

function tagLengthProblem(key = "", value = ""): string | undefined {
  if (key.length > MAX_TAG_KEY_CHARACTERS) {
    return `has a Key of ${key.length} characters: at most ${MAX_TAG_KEY_CHARACTERS} are allowed`;
  }
  if (value.length > MAX_TAG_VALUE_CHARACTERS) {
    return `has a Value of ${value.length} characters: at most ${MAX_TAG_VALUE_CHARACTERS} are allowed`;
  }
  return undefined;
}

export function matchesTagFilter(tags: readonly Tag[], filter: TagFilter): boolean {
  const type = tagFilterType(filter);
  switch (type) {
    case undefined:
      return false;
    case "KEY_ONLY":
      return tags.some((tag) => tag.Key === filter.Key);
    case "VALUE_ONLY":
      return tags.some((tag) => tag.Value === filter.Value);
    case "KEY_AND_VALUE":
      // A tag may have an empty value, which clients then leave out of the filter.
      return tags.some((tag) => tag.Key === filter.Key && tag.Value === (filter.Value ?? ""));
    default: {
      const never: never = type;
      return never;
    }
  }
}

/** Any one filter is enough. No filter matches nothing: an empty selection must never mean every host. */
export function matchesAnyTagFilter(tags: readonly Tag[], filters: readonly TagFilter[] | undefined): boolean {
  return filters?.some((filter) => matchesTagFilter(tags, filter)) ?? false;
}

/** OR inside a list, AND between lists. No lists match nothing; nor does an empty list among them. */
export function matchesTagSet(tags: readonly Tag[], lists: readonly (readonly TagFilter[])[] | undefined): boolean {
  return lists !== undefined && lists.length > 0 && lists.every((filters) => matchesAnyTagFilter(tags, filters));
}

/** The tags by key: those of `added` replace those of `tags` with the same key. Sorted by key, so that equal tags are equal text. */
export function mergeTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map([...tags, ...added].map((tag) => [tag.Key, tag.Value]));
  return [...byKey]
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([Key, Value]) => ({ Key, Value }));
}
