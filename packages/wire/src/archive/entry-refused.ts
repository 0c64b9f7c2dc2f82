import type { EntryProblem } from "@sluice/model/bundle/entry-name.ts";

/** An entry of a bundle that is not unpacked, whatever the host holds. */
export class EntryRefused extends Error {
  /** The entry's name; bytes where they may not be UTF-8. */
  readonly entry: string | Uint8Array;
  readonly problem: EntryProblem;

  constructor(entry: string | Uint8Array, problem: EntryProblem) {
    super(`${problem.reason}. ${problem.cure}.`);
    this.name = "EntryRefused";
    this.entry = entry;
    this.problem = problem;
  }
}

export function refusedEntry(entry: string | Uint8Array, reason: string, cure: string): EntryRefused {
  return new EntryRefused(entry, { reason, cure });
}
