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
  /** The tags that the call gives; without values where it takes them. */
  readonly requestTags?: ResourceTags | undefined;
}
