import type { Action } from "./action.ts";

export type ResourceTags = Readonly<Record<string, string>>;

/** What a call needs to be allowed: an action, and on what. */
export interface Need {
  readonly action: Action;
  /** Any of these will do in place of the action, on the same resource. */
  readonly or?: readonly Action[];
  /** An ARN, or `*`: on no resource, or on all. */
  readonly resource: string;
  /** The tags that the resource has; absent: it has none, or no policy asks for them. */
  readonly resourceTags?: ResourceTags | undefined;
  /** The tags that the call gives. */
  readonly requestTags?: ResourceTags | undefined;
  /** The keys of the tags that the call takes away. */
  readonly takenTagKeys?: readonly string[] | undefined;
  /** The tags that the call gives are all that the resource has afterwards: it takes the others away. */
  readonly replacesTags?: boolean;
  /** The call makes the resource: what is not there yet has the tags that the call gives. */
  readonly isNew?: boolean;
  /** Of the right to tag what a call makes: the operation that makes it. */
  readonly createAction?: string;
}

/** What conditions ask of a need, besides its action and its resource. */
export type NeedFacts = Pick<Need, "resourceTags" | "requestTags" | "takenTagKeys" | "createAction">;
