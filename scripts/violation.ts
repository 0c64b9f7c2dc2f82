/** An import that the rules do not allow. */
export interface Violation {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Which rule, and the cure. */
  readonly message: string;
}
