import type { RollbackInfo } from "@aws-sdk/client-codedeploy";
import { DEPLOYMENT_ROLLBACK } from "@sluice/server/store/columns/deployment-columns.ts";
import type { DeploymentRow } from "@sluice/server/store/deployments.ts";
import { RULES } from "../violation.ts";
import { groupOf, type Statements, targetsOf, type Watched, type WatcherParts } from "../watched.ts";

/** A call that was overtaken by others arrives within this time. */
const MAX_UNDER_WAY_MILLISECONDS = 40_000;
const ROLLBACK = "codeDeployRollback";

export function isRollback({ row }: Watched): boolean {
  return row.creator === ROLLBACK;
}

/** A deployment has ended: its rollback is there, or has no reason to be. Asked before the group takes the outcome in. */
export function checkRollbackOf(parts: WatcherParts, { deployment }: Statements, watched: Watched): void {
  const group = groupOf(parts, watched);
  const violated = (message: string) => parts.onViolation(RULES.rollback, watched.id, message);
  const info = infoOf(watched.row);
  const isDue = isRollbackDue(watched, group.currentRevisionKey !== null);
  const { rollbackDeploymentId: id } = info;
  if (!id) {
    if (isDue) violated(`ended as ${watched.row.status} (${watched.row.error_code}), and no rollback was started`);
    return;
  }
  watched.rollbackId = id;
  if (!isDue) violated(`was rolled back by ${id}, and nothing called for that`);
  const row = deployment.get(id) as DeploymentRow | undefined;
  if (!row) {
    violated(`names the rollback ${id}, which does not exist`);
    return;
  }
  if (row.creator !== ROLLBACK) violated(`was rolled back by ${id}, which ${row.creator} created`);
  if (infoOf(row).rollbackTriggeringDeploymentId !== watched.id) violated(`its rollback ${id} does not name it`);
  if (row.deployment_group_id !== watched.row.deployment_group_id) violated(`its rollback ${id} is of another group`);
  const says = info.rollbackMessage ?? "";
  if (!says.includes(id) || !says.includes(watched.id)) violated(`says of its rollback only: ${says}`);
  if (group.currentRevisionKey !== null && row.revision_key !== group.currentRevisionKey) {
    violated(`is rolled back to ${row.revision_key}, and the group's last success is ${group.currentRevisionKey}`);
  }
  group.mark = id;
}

/** A deployment has appeared. */
export function checkOrigin({ onViolation }: WatcherParts, all: ReadonlyMap<string, Watched>, watched: Watched): void {
  const { rollbackTriggeringDeploymentId: triggerId } = infoOf(watched.row);
  if (!isRollback(watched)) {
    if (triggerId) onViolation(RULES.rollback, watched.id, `names ${triggerId} and is no rollback`);
    return;
  }
  const trigger = triggerId ? all.get(triggerId) : undefined;
  if (!trigger) {
    onViolation(RULES.rollback, watched.id, `is a rollback of nothing: ${triggerId}`);
    return;
  }
  if (trigger.rollbackId !== watched.id) {
    onViolation(RULES.rollback, watched.id, `is a rollback of ${triggerId}, whose rollback is ${trigger.rollbackId}`);
  }
}

/** codedeploy-semantics.md, section 6, in other words. */
function isRollbackDue(watched: Watched, hasSuccess: boolean): boolean {
  const { row, request, head } = watched;
  if (row.status === "Succeeded" || isRollback(watched)) return false;
  const events: readonly string[] = request.autoRollbackConfiguration?.enabled
    ? (request.autoRollbackConfiguration.events ?? [])
    : [];
  const isAsked =
    row.status === "Failed"
      ? events.includes("DEPLOYMENT_FAILURE")
      : row.error_code === "ALARM_ACTIVE"
        ? events.includes("DEPLOYMENT_STOP_ON_ALARM")
        : (request.rollBackAfterStop ?? events.includes("DEPLOYMENT_STOP_ON_REQUEST"));
  if (!isAsked) return false;
  const hasStarted = (...names: readonly string[]) =>
    targetsOf(watched).some(({ lifecycleEvents }) =>
      lifecycleEvents.some(({ name, startedAt }) => startedAt !== null && (names.length === 0 || names.includes(name))),
    );
  if (head.strategy.type === "blue-green") return hasStarted("BlockTraffic", "AllowTraffic");
  return hasSuccess && targetsOf(watched).some(({ status }) => status !== "Skipped");
}

function infoOf(row: Pick<DeploymentRow, "deployment_id" | "rollback_json">): RollbackInfo {
  return DEPLOYMENT_ROLLBACK.read(row) ?? {};
}

/** After every change: the group shows its rollback for as long as nothing has put it right. */
export function checkMark(parts: WatcherParts, { group: statement }: Statements): void {
  for (const [name, group] of parts.groups) {
    const row = statement.get(name) as { rolled_back_json: string | null } | undefined;
    const shown = row?.rolled_back_json
      ? (JSON.parse(row.rolled_back_json) as { rollbackDeploymentId: string }).rollbackDeploymentId
      : null;
    const isAcknowledged =
      parts.now() - (group.acknowledgedAt ?? Number.NEGATIVE_INFINITY) < MAX_UNDER_WAY_MILLISECONDS;
    if (shown === null && group.mark !== null && isAcknowledged) group.mark = null;
    if (shown === group.mark) continue;
    parts.onViolation(RULES.marked, null, `${name} shows the rollback ${shown}, and its rollback is ${group.mark}`);
  }
}
