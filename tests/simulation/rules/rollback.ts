import type { RollbackInfo } from "@aws-sdk/client-codedeploy";
import { DEPLOYMENT_ROLLBACK } from "@sluice/server/store/columns/deployment-columns.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import { groupOf, type Watched } from "../watched.ts";
import type { Rule } from "./rule.ts";

const ROLLBACK = "codeDeployRollback";

export function isRollback({ row }: Watched): boolean {
  return row.creator === ROLLBACK;
}

/** `canGoBack`: whether there is anything to take back, and something to go back to. `hasSuccess`: the group has had one. */
export function rollbackRule(canGoBack: (watched: Watched, hasSuccess: boolean) => boolean): Rule {
  return {
    name: "a rollback starts exactly when one is due, linked both ways",
    watch: ({ deployments, groups }, violated) => {
      const rollbacks = new Map<string, string>();
      return {
        deploymentAppeared(watched) {
          const { rollbackTriggeringDeploymentId: triggerId } = infoOf(watched.row);
          if (!isRollback(watched)) {
            if (triggerId) violated(watched.id, `names ${triggerId} and is no rollback`);
            return;
          }
          const trigger = triggerId ? deployments.all.get(triggerId) : undefined;
          if (!trigger) {
            violated(watched.id, `is a rollback of nothing: ${triggerId}`);
            return;
          }
          const rollbackId = rollbacks.get(trigger.id) ?? null;
          if (rollbackId === watched.id) return;
          violated(watched.id, `is a rollback of ${triggerId}, whose rollback is ${rollbackId}`);
        },
        deploymentEnded(watched) {
          const { id, row } = watched;
          const group = groupOf({ groups }, watched);
          const info = infoOf(row);
          const isDue = isAsked(watched) && canGoBack(watched, group.currentRevisionKey !== null);
          const { rollbackDeploymentId: rollbackId } = info;
          if (!rollbackId) {
            if (isDue) violated(id, `ended as ${row.status} (${row.error_code}), and no rollback was started`);
            return;
          }
          rollbacks.set(id, rollbackId);
          if (!isDue) violated(id, `was rolled back by ${rollbackId}, and nothing called for that`);
          const rollback = deployments.row(rollbackId);
          if (!rollback) {
            violated(id, `names the rollback ${rollbackId}, which does not exist`);
            return;
          }
          if (rollback.creator !== ROLLBACK) {
            violated(id, `was rolled back by ${rollbackId}, which ${rollback.creator} created`);
          }
          if (infoOf(rollback).rollbackTriggeringDeploymentId !== id) {
            violated(id, `its rollback ${rollbackId} does not name it`);
          }
          if (rollback.deployment_group_id !== row.deployment_group_id) {
            violated(id, `its rollback ${rollbackId} is of another group`);
          }
          const says = info.rollbackMessage ?? "";
          if (!says.includes(rollbackId) || !says.includes(id)) violated(id, `says of its rollback only: ${says}`);
          if (group.currentRevisionKey !== null && rollback.revision_key !== group.currentRevisionKey) {
            const last = group.currentRevisionKey;
            violated(id, `is rolled back to ${rollback.revision_key}, and the group's last success is ${last}`);
          }
          group.mark = rollbackId;
        },
      };
    },
  };
}

/** codedeploy-semantics.md, section 6, in other words. */
function isAsked(watched: Watched): boolean {
  const { row, request, intent } = watched;
  if (row.status === "Succeeded" || isRollback(watched)) return false;
  // What was said with the stop holds, however the deployment ended then.
  if (intent?.rollBackAfterStop !== undefined) return intent.rollBackAfterStop;
  const events: readonly string[] = request.autoRollbackConfiguration?.enabled
    ? (request.autoRollbackConfiguration.events ?? [])
    : [];
  if (row.status === "Failed") return events.includes("DEPLOYMENT_FAILURE");
  if (row.error_code === "ALARM_ACTIVE") return events.includes("DEPLOYMENT_STOP_ON_ALARM");
  return events.includes("DEPLOYMENT_STOP_ON_REQUEST");
}

function infoOf(row: Pick<DeploymentRow, "deployment_id" | "rollback_json">): RollbackInfo {
  return DEPLOYMENT_ROLLBACK.read(row) ?? {};
}
