import type { DeploymentState, TargetState } from "@sluice/engine/state.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { Kysely } from "kysely";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REVISION } from "../../../store/columns/deployment-columns.ts";
import { TARGET_REVISION } from "../../../store/columns/group-columns.ts";
import { deploymentGroupById } from "../../../store/deployment-groups.ts";
import { findActiveDeploymentId } from "../../../store/deployment-history.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import { lastRevisionBefore } from "../../../store/earlier-revisions.ts";
import type { Database } from "../../../store/schema.ts";
import { tallyTargets } from "../../../store/target-tally.ts";
import { loadTargets } from "../../../store/targets.ts";
import type { ActionFacts } from "./action-facts.ts";

/**
 * What decides what can be done to a deployment. Within a transaction that has locked its row they stay true until it ends.
 *
 * @param known its targets, where the caller has read them
 */
export async function readActionFacts(
  db: Kysely<Database>,
  row: DeploymentRow,
  known?: readonly TargetState[] | null,
): Promise<ActionFacts> {
  const head = readHead(row);
  const tallies = await tallyTargets(db, [row.deployment_id]);
  const targets = isShift(head.strategy)
    ? known === undefined
      ? await loadTargets({ db }, row.deployment_id)
      : known
    : null;
  const state: DeploymentState = { ...head, targets };
  const group = await deploymentGroupById(db, row.deployment_group_id);
  const activeId = await findActiveDeploymentId(db, row.deployment_group_id);
  const earlier = await lastRevisionBefore(db, row);
  const runs = group && TARGET_REVISION.read(group);
  return {
    state,
    isActive: row.active === 1,
    creator: row.creator,
    rollBackAfterStop: DEPLOYMENT_INTENT.read(row)?.rollBackAfterStop,
    tally: tallies.get(row.deployment_id) ?? [],
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    group: group
      ? {
          hasLastSuccess: group.target_revision_json !== null,
          otherActiveId: activeId === row.deployment_id ? undefined : activeId,
        }
      : null,
    earlier: earlier && {
      deploymentId: earlier.deployment_id,
      revisionName: revisionName(DEPLOYMENT_REVISION.read(earlier)),
      isRunning: runs !== undefined && runs !== null && revisionKey(runs) === earlier.revision_key,
    },
  };
}
