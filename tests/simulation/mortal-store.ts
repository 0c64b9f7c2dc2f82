import type { WriteTransaction } from "@sluice/server/store/group-commit.ts";
import type { Store } from "@sluice/server/store/open-store.ts";

/**
 * Where a server dies: its transaction is rolled back, or it is durable and nothing that follows from it is said to anyone.
 * `diskFailure`: the server lives on, and the transaction did not take place.
 */
export type Death = "beforeCommit" | "afterCommit";
export type Fate = Death | "diskFailure";

export class DiskFailure extends Error {}

/**
 * The store as one life of the server knows it. The database outlives it. Whatever the dead server waits for never comes, as for a
 * process that is gone.
 */
export class MortalStore implements Store {
  readonly #store: Store;
  readonly #fate: () => Fate | null;
  readonly #onDeath: () => void;
  #dead = false;
  commits = 0;

  /** `fate` is asked at every write. */
  constructor(store: Store, fate: () => Fate | null, onDeath: () => void) {
    this.#store = store;
    this.#fate = fate;
    this.#onDeath = onDeath;
  }

  get dialect() {
    return this.#store.dialect;
  }

  get db() {
    return this.#store.db;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#onDeath();
  }

  write<T>(work: (transaction: WriteTransaction) => Promise<T>): Promise<T> {
    if (this.#dead) return never();
    const fate = this.#fate();
    const written = this.#store.write(async (transaction) => {
      if (this.#dead) throw new Error("the server is dead");
      // First in the list of what follows the commit, so that nothing else of this work is said.
      if (fate === "afterCommit") transaction.afterCommit(() => this.die());
      const result = await work({
        ...transaction,
        afterCommit: (action) =>
          transaction.afterCommit(() => {
            if (!this.#dead) action();
          }),
      });
      if (fate === "diskFailure") throw new DiskFailure("disk I/O error");
      if (fate === "beforeCommit") this.die();
      // Work that shares the group with a death is rolled back with it.
      if (this.#dead) throw new Error("the server died");
      return result;
    });
    return written.then(
      (result) => (this.#dead ? never() : result),
      (error: unknown) => (this.#dead ? never() : Promise.reject(error)),
    );
  }

  async close(): Promise<void> {}
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => {});
}
