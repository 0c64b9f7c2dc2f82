import type { ChangeFeed } from "../store/change-feed.ts";
import type { PredecessorWait } from "../store/columns/effect-records.ts";
import { predecessorAtWork } from "../store/effects.ts";
import type { Store } from "../store/open-store.ts";
import { tellStartWait } from "./tell-start-wait.ts";

/** Most calls are answered sooner, and nobody wonders about a second. */
const UNEXPLAINED_WAIT_MILLISECONDS = 1_000;

export interface AwaitingParts {
  readonly store: Store;
  readonly owner: string;
  readonly now: () => number;
  readonly feed: ChangeFeed;
}

/** One look. Undefined: there is nothing to wait for; otherwise what the next look is to know. A wait that lasts is explained, once. */
export async function awaitPredecessor(
  { store, owner, now, feed }: AwaitingParts,
  deploymentId: string,
  before: PredecessorWait | undefined,
): Promise<PredecessorWait | undefined> {
  const predecessorId = await predecessorAtWork(store, deploymentId, owner, now());
  if (predecessorId === undefined) return undefined;
  const { waitingSince, isExplained } = before ?? { waitingSince: now(), isExplained: false };
  if (isExplained || now() - waitingSince < UNEXPLAINED_WAIT_MILLISECONDS) return { waitingSince, isExplained };
  await tellStartWait({ store, now, feed }, deploymentId, {
    reason: `what ${predecessorId} had asked for when it ended is not answered yet`,
    since: waitingSince,
    until: null,
    message: `Before this deployment starts it waits for what ${predecessorId} had asked for when it ended: if it were done later, it could undo what this deployment asks for.`,
  });
  return { waitingSince, isExplained: true };
}
