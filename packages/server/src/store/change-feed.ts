import type { TargetState } from "@sluice/engine/state.ts";

/** What a commit changed that somebody may be waiting for. Said after the commit, never before; lost with the process. */
export interface CommittedChange {
  readonly deploymentId: string;
  /** Targets that have just been given a command. */
  readonly offered: readonly TargetState[];
  /** Something was appended to the deployment's events. */
  readonly hasEvents: boolean;
  /** The planner has to look at once. */
  readonly isDue: boolean;
  /** The deployment has ended, and its group is free. */
  readonly hasEnded?: boolean;
}

export type ChangeListener = (change: CommittedChange) => void;

/** Who wants to hear of commits: waiting polls, the planner's loop, event streams. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(change: CommittedChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
