import type { EffectKind, OutcomeOf, ProgressOf, Superseded } from "../store/columns/effect-records.ts";
import type { PendingEffect, Postponement } from "../store/effects.ts";

/** An effect of one kind that this server has claimed. */
export type ClaimedEffect<K extends EffectKind = EffectKind> = PendingEffect<K>;

/** It came to nothing, and is made again later. */
export interface Vain<K extends EffectKind = EffectKind> {
  readonly error: unknown;
  readonly progress?: ProgressOf<K> | undefined;
  /** How it ends when attempts have run out; absent: they do not. */
  readonly failure?: OutcomeOf<K> | undefined;
}

/** `ended`: how it ends. `postponed`: not yet; `trouble` is something to be logged all the same. */
export type Attempt<K extends EffectKind = EffectKind> =
  | { readonly ended: OutcomeOf<K> }
  | { readonly postponed: Postponement<K>; readonly trouble?: unknown }
  | { readonly vain: Vain<K> };

/** How effects of one kind are carried out. What it does may be done again: after a crash, or by another server. */
export interface EffectHandler<K extends EffectKind> {
  attempt(claimed: ClaimedEffect<K>, signal: AbortSignal): Promise<Attempt<K>>;
  /** What an attempt that threw has come to. */
  vainBy(error: unknown, claimed: ClaimedEffect<K>): Vain<K>;
}

export type EffectHandlers = { readonly [K in EffectKind]: EffectHandler<K> };

/** Before an attempt that goes on where one left off, when nobody says how long to wait. */
export const GOES_ON_AFTER_MILLISECONDS = 250;

/** The deployment wants it no longer: nobody reads this. */
export const SUPERSEDED: { readonly ended: Superseded } = { ended: { outcome: "superseded" } };
