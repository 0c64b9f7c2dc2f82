import type { Effect } from "@sluice/engine/event.ts";
import type { PendingEffect, Postponement } from "../store/effects.ts";

export type EffectKind = Effect["kind"];

/** An effect of one kind that this server has claimed. */
export interface ClaimedEffect<K extends EffectKind = EffectKind> extends PendingEffect {
  readonly effect: Extract<Effect, { readonly kind: K }>;
}

/** It came to nothing, and is made again later. */
export interface Vain {
  readonly error: unknown;
  readonly progress?: unknown;
  /** What the planner is told when attempts have run out; absent: they do not. */
  readonly failure?: unknown;
}

/** `ended`: what the planner is told. `postponed`: not yet; `trouble` is something to be logged all the same. */
export type Attempt =
  | { readonly ended: unknown }
  | { readonly postponed: Postponement; readonly trouble?: unknown }
  | { readonly vain: Vain };

/** How effects of one kind are carried out. What it does may be done again: after a crash, or by another server. */
export interface EffectHandler<K extends EffectKind> {
  attempt(claimed: ClaimedEffect<K>, signal: AbortSignal): Promise<Attempt>;
  /** What an attempt that threw has come to. */
  vainBy(error: unknown, claimed: ClaimedEffect<K>): Vain;
}

export type EffectHandlers = { readonly [K in EffectKind]: EffectHandler<K> };

/** Before an attempt that goes on where one left off, when nobody says how long to wait. */
export const GOES_ON_AFTER_MILLISECONDS = 250;

/** The deployment wants it no longer: nobody reads this. */
export const SUPERSEDED: Attempt = { ended: { outcome: "superseded" } };
