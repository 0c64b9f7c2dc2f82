import type { DeploymentEvent } from "@sluice/engine/event.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { commitHeadEvents } from "../store/commit-events.ts";
import { lockDeployments, readHead } from "../store/deployments.ts";
import type { Store } from "../store/open-store.ts";

export interface TellingParts {
  readonly store: Store;
  readonly now: () => number;
  readonly feed: ChangeFeed;
}

/** Why a deployment has not started. Times are epoch milliseconds. */
export interface StartWait {
  readonly reason: string;
  readonly since: number;
  readonly until: number | null;
  /** It stays among the deployment's messages, so that it has to be true afterwards too. */
  readonly message: string;
}

/** Says once what a deployment that is not started waits for. */
export async function tellStartWait(
  { store, now, feed }: TellingParts,
  deploymentId: string,
  { reason, since, until, message }: StartWait,
): Promise<void> {
  await store.write(async (transaction) => {
    const [row] = await lockDeployments(transaction, [deploymentId]);
    if (row?.active !== 1 || row.status !== "Created") return;
    const { waiting, statusMessages } = readHead(row);
    // A server that died may have said it already.
    if (waiting?.reason === reason) return;
    const events: DeploymentEvent[] = [{ type: "deploymentWaiting", reason, since, until }];
    if (!statusMessages.includes(message)) events.push({ type: "statusMessageAdded", message });
    await commitHeadEvents(transaction, row, events, { at: now(), wakeAt: row.wake_at });
    transaction.afterCommit(() => feed.publish({ deploymentId, offered: [], hasEvents: true, isDue: false }));
  });
}
