import type { WriteTransaction } from "../group-commit.ts";

/** Who wants to hear that something of what is balanced was changed, after the commit. Lost with the process. */
export class BalancingChanges {
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called by whoever writes load balancers, target groups, listeners, rules or targets, and for tasks that come, go or drain. */
  publishAfter(transaction: Pick<WriteTransaction, "afterCommit">): void {
    transaction.afterCommit(() => this.publish());
  }

  publish(): void {
    for (const listener of this.#listeners) listener();
  }
}
