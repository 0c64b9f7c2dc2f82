import type { WriteTransaction } from "../group-commit.ts";
import type { Store } from "../open-store.ts";
import type { WakeFeed } from "../wake-feed.ts";

/** Who reads functions for each invocation keeps what it read, until this feed says that something changed. */
export interface FunctionChanges {
  readonly store: Pick<Store, "write">;
  readonly changes: WakeFeed;
}

/** Writes, and tells who routes invocations when it is committed. May run more than once. */
export function changeFunctions<T>(
  { store, changes }: FunctionChanges,
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  return store.write(async (transaction) => {
    changes.publishAfter(transaction);
    return work(transaction);
  });
}
