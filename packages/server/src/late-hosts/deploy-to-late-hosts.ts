import { isHeard, isLate, LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { MAX_TARGETS } from "@sluice/engine/time-limits.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { deployablePlatformOf } from "../groups/deployable-platforms.ts";
import { alarmWatchOf } from "../groups/group-alarms.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { MatchHosts } from "../preflight/rollout-facts.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { type DeploymentGroupFields, GROUP_FIELDS, TARGET_REVISION } from "../store/columns/group-columns.ts";
import { type DeploymentGroupRow, lockDeploymentGroup } from "../store/deployment-groups.ts";
import { findActiveDeploymentId } from "../store/deployment-history.ts";
import type { DeploymentRow } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { loadHostAttempts, loadHostHistory, recordAttemptsBegun } from "../store/group-hosts.ts";
import { type GroupOfApplication, settingsOf } from "../store/group-settings.ts";
import { insertNewDeployment } from "../store/new-deployment.ts";
import type { Store } from "../store/open-store.ts";
import { markRevisionUsed } from "../store/revisions.ts";
import { isUniqueViolation } from "../store/unique-violation.ts";

/** What GetDeployment names; a late host puts nothing at risk, so all of them go at once. */
const CONFIG_NAME = "CodeDeployDefault.AllAtOnce";

export interface LateHostsParts {
  readonly store: Store;
  readonly now: () => number;
  readonly hosts: HostObserver;
  readonly matchHosts: MatchHosts;
  readonly feed: ChangeFeed;
  readonly newDeploymentId: () => string;
}

/**
 * Gives one group's late hosts the revision that the group has, all of them by one deployment, unless the group has a deployment under way:
 * what is late then is late afterwards too. Everything is decided from what the store holds, and what is decided is written in one
 * transaction, so a server may die at any moment, and several may do this at once.
 */
export async function deployToLateHosts(
  found: GroupOfApplication,
  parts: LateHostsParts,
  signal: AbortSignal,
): Promise<void> {
  const { group } = found;
  const { store, matchHosts, now, newDeploymentId } = parts;
  const groupId = group.deployment_group_id;
  if (await findActiveDeploymentId(store.db, groupId)) return;
  const matched = await matchHosts(GROUP_FIELDS.read(group), signal);
  const hostIds = await lackingRevision(
    store,
    group,
    matched.map(({ hostId }) => hostId),
  );
  const observed = hostIds.length > 0 ? await parts.hosts.observe(store, hostIds) : new Map();
  const heard = hostIds.filter((hostId) => isHeard(observed.get(hostId), now()));
  if (heard.length === 0 || (await lateAmong(store, group, heard)).length === 0) return;
  checkLateRollout(found);
  // Drawn before the transaction, which may run again.
  const deploymentId = newDeploymentId();
  try {
    await store.write((transaction) => insertDeployment(transaction, { deploymentId, group, heard }, parts));
  } catch (error) {
    // Somebody else's deployment to the group got there first: its end calls for another look.
    if (!isUniqueViolation(error)) throw error;
  }
}

/** What CreateDeployment would refuse is not done unasked either. Of the group as it was found: one that changed meanwhile is left alone. */
function checkLateRollout({ application, group }: GroupOfApplication): void {
  const name = group.deployment_group_name;
  try {
    deployablePlatformOf(application).checkGroup(name, GROUP_FIELDS.read(group));
  } catch (error) {
    if (!(error instanceof CallerFault)) throw error;
    throw new Error(`The late hosts of the deployment group ${name} get nothing. ${error.message}`, { cause: error });
  }
}

/** A quick look, so that a fleet that is up to date costs one query. */
async function lackingRevision(
  store: Pick<Store, "db">,
  group: DeploymentGroupRow,
  hostIds: readonly string[],
): Promise<string[]> {
  const history = await loadHostHistory(store, group.deployment_group_id);
  const key = targetRevisionKey(group);
  return hostIds.filter((hostId) => {
    const past = history.get(hostId);
    return !past?.healthy || past.revisionKey !== key;
  });
}

async function lateAmong(
  store: Pick<Store, "db">,
  group: DeploymentGroupRow,
  hostIds: readonly string[],
): Promise<string[]> {
  const rollout = await lastRollout(store, group);
  const revisionKey = targetRevisionKey(group);
  if (!rollout || revisionKey === null) return [];
  const attempts = await loadHostAttempts(store, group.deployment_group_id, hostIds);
  const has = { revisionKey, deployedAt: rollout.deployedAt };
  return hostIds.filter((hostId) => isLate(attempts.get(hostId), has));
}

async function lastRollout({ db }: Pick<Store, "db">, group: DeploymentGroupRow) {
  const row = await db
    .selectFrom("deployments")
    .select(["deployment_id", "created_at", "request_json", "intent_json", "external_id"])
    .where("deployment_id", "=", group.last_successful_deployment_id ?? "")
    .executeTakeFirst();
  if (!row) return undefined;
  // A restart brought nothing new: hosts are late by what was installed before it.
  const { deploymentId, deployedAt } = DEPLOYMENT_INTENT.read(row)?.restartOf ?? {};
  return { row, deploymentId: deploymentId ?? row.deployment_id, deployedAt: deployedAt ?? row.created_at };
}

/** Looks again at everything that may have changed since the hosts were found. */
async function insertDeployment(
  transaction: WriteTransaction,
  found: { readonly deploymentId: string; readonly group: DeploymentGroupRow; readonly heard: readonly string[] },
  { now, feed }: LateHostsParts,
): Promise<void> {
  const { db } = transaction;
  const { deploymentId } = found;
  const group = await lockDeploymentGroup(transaction, found.group.deployment_group_id);
  if (!group || !settingsOf(group).deployToLateHosts || !isAsFound(group, found.group)) return;
  if (await findActiveDeploymentId(db, group.deployment_group_id)) return;
  const application = await db
    .selectFrom("applications")
    .selectAll()
    .where("application_id", "=", group.application_id)
    .executeTakeFirst();
  const rollout = await lastRollout(transaction, group);
  const late = (await lateAmong(transaction, group, found.heard)).slice(0, MAX_TARGETS);
  const revision = TARGET_REVISION.read(group);
  if (!application || !rollout || revision === null || late.length === 0) return;
  const key = revisionKey(revision);
  const fields = GROUP_FIELDS.read(group);
  const createdAt = now();
  await insertNewDeployment(transaction, {
    deploymentId,
    application,
    group,
    creator: LATE_HOSTS_CREATOR,
    revision,
    // Between two fleets as well: late hosts join the one that serves.
    strategy: {
      type: "in-place",
      hasTrafficControl: hasTrafficControl(fields),
      zones: null,
      healthRule: { type: "HOST_COUNT", value: 0 },
      ignoreApplicationStopFailures: false,
    },
    alarms: alarmWatchOf(fields.alarmConfiguration),
    request: requestFor(fields, rollout),
    intent: { onlyHosts: late },
    externalId: rollout.row.external_id,
    statusMessages: [],
    createdAt,
  });
  await recordAttemptsBegun(
    transaction,
    { deployment_id: deploymentId, deployment_group_id: group.deployment_group_id, revision_key: key },
    late,
  );
  await markRevisionUsed(db, application.application_id, key, createdAt);
  transaction.afterCommit(() => feed.publish({ deploymentId, offered: [], hasEvents: false, isDue: true }));
}

function requestFor(
  { deploymentStyle, loadBalancerInfo }: DeploymentGroupFields,
  {
    row,
    deploymentId,
  }: { readonly row: Pick<DeploymentRow, "deployment_id" | "request_json">; readonly deploymentId: string },
): DeploymentRequest {
  const { fileExistsBehavior } = DEPLOYMENT_REQUEST.read(row);
  return {
    deploymentConfigName: CONFIG_NAME,
    description: `Brings hosts that arrived late to the revision of ${deploymentId}`,
    fileExistsBehavior,
    ignoreApplicationStopFailures: false,
    updateOutdatedInstancesOnly: false,
    deploymentStyle: { ...deploymentStyle, deploymentType: "IN_PLACE" },
    loadBalancerInfo,
  };
}

function isAsFound(group: DeploymentGroupRow, found: DeploymentGroupRow): boolean {
  return (
    group.last_successful_deployment_id === found.last_successful_deployment_id &&
    group.target_revision_json === found.target_revision_json &&
    group.fields_json === found.fields_json
  );
}

function hasTrafficControl({ deploymentStyle }: DeploymentGroupFields): boolean {
  return deploymentStyle?.deploymentOption === "WITH_TRAFFIC_CONTROL";
}

function targetRevisionKey(group: DeploymentGroupRow): string | null {
  const revision = TARGET_REVISION.read(group);
  return revision && revisionKey(revision);
}
