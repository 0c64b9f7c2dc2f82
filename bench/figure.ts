import type { Release } from "./release.ts";

export interface BenchContext {
  readonly release: Release;
  /** Fresh for the figure, and removed after it. */
  readonly folder: string;
  /** How often a figure is repeated, instead of its own number. */
  readonly repetitions: number | undefined;
  /** Tells what is going on; not part of the result. */
  readonly say: (text: string) => void;
}

export type Unit = "s" | "ms" | "MB" | "KB" | "requests/s" | "requests" | "times";

/** One claim as it was measured. */
export interface Measured {
  readonly figure: string;
  readonly unit: Unit;
  readonly reached: number;
  /** What the value is of: repetitions, worst, and what else a reader needs to judge it. */
  readonly detail: string;
  /** Absent: told for its own sake, without a promise. */
  readonly goal?: { readonly value: number; readonly isAtLeast?: boolean };
  /** The same done otherwise, in the same minutes, or a documented figure that says so. */
  readonly reference: string;
}

/** A figure, or several that one set-up gives. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  measure(context: BenchContext): Promise<readonly Measured[]>;
}

export function isReached({ reached, goal }: Measured): boolean | undefined {
  if (goal === undefined) return undefined;
  return goal.isAtLeast ? reached >= goal.value : reached <= goal.value;
}
