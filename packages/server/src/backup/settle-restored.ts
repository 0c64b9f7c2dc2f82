import { endUnfinished } from "../planning/quarantine.ts";
import { endWholeConsole } from "../store/console-sessions.ts";
import { lockDeployments } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { changeGroupSettings } from "../store/group-settings.ts";
import type { Store } from "../store/open-store.ts";
import { type RestoredMark, readRestoredMark, writeRestoredMark } from "../store/restored-mark.ts";

/** Stands for the revision of a host of which only a backup is known: no revision has this key. */
const UNKNOWN_REVISION = "unknown since the server was restored from a backup";

export interface SettledRestore extends Pick<RestoredMark, "takenAt" | "restoredAt"> {
  readonly endedDeployments: readonly string[];
}

/**
 * Makes a database that was copied from a backup true again, at the first start from it. The world went on since the backup was taken, and
 * nobody recorded it: hosts ended what was under way, were deployed to again, and were removed. So nothing is offered a second time and
 * nothing is judged. Deployments that were under way end as Failed, with their hosts' open events as Unknown; what is asked of the outside is
 * forgotten; and no revision counts as known to be on a host. See docs/adr/0017-backups.md.
 *
 * @returns what was settled, for the log, until `noteRestoreTold`; null when there is nothing to tell
 */
export async function settleRestored(store: Store, now: () => number): Promise<SettledRestore | null> {
  const mark = await readRestoredMark(store);
  if (!mark) return null;
  const { takenAt, restoredAt, settledAt, untold } = mark;
  if (settledAt !== undefined) return untold ? { takenAt, restoredAt, endedDeployments: untold } : null;
  const endedDeployments = await store.write((transaction) => settle(transaction, mark, now()));
  return { takenAt, restoredAt, endedDeployments };
}

/** A server that had told of it has started. One that could not start told nobody who looks at its log for more than why. */
export async function noteRestoreTold(store: Store): Promise<void> {
  const mark = await readRestoredMark(store);
  if (!mark) return;
  const { untold: _, ...told } = mark;
  await store.write((transaction) => writeRestoredMark(transaction, told));
}

async function settle(transaction: WriteTransaction, mark: RestoredMark, at: number): Promise<readonly string[]> {
  const { db } = transaction;
  const active = await db.selectFrom("deployments").select("deployment_id").where("active", "=", 1).execute();
  for (const { deployment_id } of active) await endUnderWay(transaction, deployment_id, mark, at);
  await db.deleteFrom("effects").where("outcome_json", "is", null).execute();
  await db.deleteFrom("desired_traffic").execute();
  // A token that was used up since would let another host in.
  await db.updateTable("enrolment_tokens").set({ uses_left: 0 }).execute();
  // Whoever signed out since would be signed in again.
  await endWholeConsole(transaction);
  await db
    .updateTable("group_hosts")
    .set({ revision_key: UNKNOWN_REVISION, installed_deployment_id: null, installed_revision_key: null })
    .execute();
  const groups = await db
    .selectFrom("deployment_groups")
    .select("deployment_group_id")
    .where("settings_json", "is not", null)
    .execute();
  // Or hosts that got a newer revision since would be taken back to the older one that the backup knows.
  for (const { deployment_group_id } of groups) {
    await changeGroupSettings(transaction, deployment_group_id, { deployToLateHosts: false });
  }
  const ended = active.map(({ deployment_id }) => deployment_id);
  await writeRestoredMark(transaction, { ...mark, settledAt: new Date(at).toISOString(), untold: ended });
  return ended;
}

async function endUnderWay(
  transaction: WriteTransaction,
  deploymentId: string,
  { takenAt, restoredAt }: RestoredMark,
  at: number,
): Promise<void> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (!row) return;
  const error = {
    code: "INTERNAL_ERROR",
    message: `The deployment was in progress when a backup was taken (${takenAt}), and the server was restored from that backup (${restoredAt}). What its hosts did in between is not known: they may have finished it. This deployment is not continued. Deploy again to be sure.`,
  };
  await endUnfinished(transaction, row, error, at);
}
