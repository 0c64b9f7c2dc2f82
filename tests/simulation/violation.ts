/** A rule that was broken. The rule's name is what a shrunk world has to break again. */
export interface Violation {
  readonly rule: string;
  /** Since the world's beginning. */
  readonly atMilliseconds: number;
  readonly deploymentId: string | null;
  readonly message: string;
}

/** What every world holds itself to, whoever watches it. All other rules have a file each in `rules/`. */
export const WORLD_RULES = {
  ends: "every deployment ends once the faults have ended",
  sleeps: "nothing spins while time stands still",
  trouble: "the server meets no error of its own",
} as const;
