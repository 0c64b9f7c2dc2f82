import type { Tag } from "@sluice/model/tag-filter.ts";
import type { ResourceTags } from "../access/need.ts";
import { type NeedsContext, requestTags } from "./needs-context.ts";

/** What tags are looked up in. */
export type TagsContext = Omit<NeedsContext, "ownArn">;

export interface StoredTags {
  readonly tags: ResourceTags;
  /** The resource was deleted, and its name may be given again. */
  readonly isGone: boolean;
}

/** Of those of the ARNs that name what is there and can have tags: by ARN as it was given. */
export type ReadTags = (
  context: TagsContext,
  arns: readonly string[],
) => Promise<Iterable<readonly [arn: string, stored: StoredTags]>>;

export function storedTags(tags: readonly Tag[], isGone = false): StoredTags {
  return { tags: requestTags(tags) ?? {}, isGone };
}
