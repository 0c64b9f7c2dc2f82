import type { WriteTransaction } from "./group-commit.ts";

/** Who wants to know that something was committed, and reads for itself what. Said after the commit, never before; lost with the process. */
export class WakeFeed {
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publishAfter(transaction: Pick<WriteTransaction, "afterCommit">): void {
    transaction.afterCommit(() => this.publish());
  }

  publish(): void {
    for (const listener of this.#listeners) listener();
  }
}
