import type { EffectReport } from "@sluice/engine/effect-report.ts";
import type { Effect } from "@sluice/engine/event.ts";
import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { TerminationReport } from "@sluice/engine/ports/fleet.ts";

export type EffectKind = Effect["kind"];

/** Of an effect that its deployment wanted no longer: nobody reads more of it. */
export interface Superseded {
  readonly outcome: "superseded";
}

/** What is written of an effect: how it ended, and what its next attempt goes on from. */
interface Written<Outcome, Progress> {
  readonly outcome: Outcome | Superseded;
  readonly progress: Progress;
}

/** Whoever is asked answers at once or in the end, and nothing else has to be remembered. */
type Asked<Kind extends EffectKind> = { readonly [K in Kind]: Written<EffectReport, EffectReport> };

/** By the effect's kind. */
export type EffectRecords = {
  readonly resolveTargets: Written<TargetResolution, StartWait>;
  readonly withholdReplacements: Written<EffectReport, WithholdProgress>;
  readonly terminateOriginals: Written<TerminationReport, TerminationReport>;
  readonly invokeHook: Written<EffectReport, HookProgress>;
  readonly removeTaskSet: Written<EffectReport, RemovalProgress>;
} & Asked<Exclude<EffectKind, WithMemory>>;

/** The kinds of which more has to be remembered. */
type WithMemory = "resolveTargets" | "withholdReplacements" | "terminateOriginals" | "invokeHook" | "removeTaskSet";

export type OutcomeOf<Kind extends EffectKind> = EffectRecords[Kind]["outcome"];
export type ProgressOf<Kind extends EffectKind> = EffectRecords[Kind]["progress"];

export type StartWait = PredecessorWait | Unread;

/** Of a deployment that has not begun because something is under way still that the one before it asked for. */
export interface PredecessorWait {
  /** Epoch milliseconds. */
  readonly waitingSince: number;
  /** The deployment says why it has not begun. */
  readonly isExplained: boolean;
}

/** Since when somebody who has to be asked could not be, epoch milliseconds. */
export interface Unread {
  readonly unreadSince: number;
}

export interface WithholdProgress extends EffectReport {
  /** Hosts that are not known to be out, in the order of their turns: those that were never asked for come first. Absent: none was yet. */
  readonly left?: readonly string[];
}

/** What is known of a hook that was taken to be run. */
export interface HookProgress extends EffectReport {
  /** Absent: it was not taken yet. */
  readonly isInvoked?: true | undefined;
  /** When it was first seen to have ended without an answer, epoch milliseconds; absent: it was not. */
  readonly endedAt?: number | undefined;
}

export interface RemovalProgress extends EffectReport {
  /** When it was asked for first, epoch milliseconds. */
  readonly since: number;
}
