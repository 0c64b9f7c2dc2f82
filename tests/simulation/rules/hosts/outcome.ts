import { deploymentInfos } from "@sluice/server/operations/codedeploy/views/deployment-info.ts";
import { RULES } from "../../violation.ts";
import { count, ENDED, groupOf, type Statements, targetsOf, type Watched, type WatcherParts } from "../../watched.ts";
import { checkRollbackOf, isRollback } from "../rollback.ts";
import { checkRunTime } from "./deadline.ts";
import { installedTo, requiredHealthy } from "./health.ts";
import { checkFleets } from "./traffic.ts";

/** A deployment has ended: its outcome is what its hosts did, and its group takes that in. */
export function checkEnd(parts: WatcherParts, statements: Statements, watched: Watched): void {
  const targets = targetsOf(watched);
  const open = targets.filter(({ status }) => !ENDED.includes(status)).map(({ targetId }) => targetId);
  if (open.length > 0) {
    parts.onViolation(RULES.outcome, watched.id, `ended as ${watched.row.status} while ${open.join()} had not`);
  }
  checkReason(parts, watched);
  checkRollbackOf(parts, statements, watched);
  takeIn(parts, watched);
}

/** What the API counts is what there is. */
export async function checkOverview(parts: WatcherParts, watched: Watched): Promise<void> {
  const [info] = await deploymentInfos(parts.store.db, [watched.row]);
  const targets = targetsOf(watched);
  for (const [status, counted] of Object.entries(info?.deploymentOverview ?? {})) {
    if (counted === count(targets, status)) continue;
    parts.onViolation(RULES.outcome, watched.id, `counts ${counted} ${status} hosts of ${count(targets, status)}`);
  }
}

function checkReason(parts: WatcherParts, watched: Watched): void {
  const { row, head } = watched;
  const violated = (message: string) => parts.onViolation(RULES.outcome, watched.id, message);
  const targets = targetsOf(watched);
  switch (row.error_code) {
    case null:
      if (row.status !== "Succeeded") violated(`is ${row.status} without a reason`);
      checkSuccess(parts, watched);
      return;
    case "HEALTH_CONSTRAINTS":
    case "AGENT_ISSUE":
      checkSpentHealth(parts, watched);
      return;
    case "HEALTH_CONSTRAINTS_INVALID":
      if (targets.length > 0) violated("could not start, and has targets");
      return;
    case "NO_INSTANCES":
      if (targets.length > 0) violated("found no host, and has targets");
      return;
    case "MANUAL_STOP":
      if (!watched.stopRequested) violated("stopped, and nobody had asked for it");
      if (row.status !== "Stopped") violated(`was stopped and is ${row.status}`);
      return;
    case "ALARM_ACTIVE": {
      if (row.status !== "Stopped") violated(`was stopped by an alarm and is ${row.status}`);
      const { alarms } = parts;
      const hasFired = alarms.hasFiredSince(row.deployment_group_id, row.created_at);
      const wereUnreadable = alarms.unreadableUntil >= row.created_at && head.alarms?.ignoresPollFailure === false;
      if (head.alarms === null || (!hasFired && !wereUnreadable)) violated("was stopped by an alarm that never fired");
      return;
    }
    case "TIMEOUT":
      if (head.strategy.type === "blue-green" && row.status === "Stopped") return;
      checkRunTime(parts, watched);
      if (parts.isCalm) parts.onViolation(RULES.calm, watched.id, "timed out although nothing was wrong");
      return;
    case "ELASTIC_LOAD_BALANCING_INVALID":
      // Before it began, balancers could not be asked, often enough to give up.
      if ((head.stage !== "withhold" && targets.length > 0) || row.status !== "Failed" || parts.isCalm) {
        violated(`is ${row.status} in ${head.stage} for its load balancer's sake: ${row.error_message}`);
      }
      return;
    case "INTERNAL_ERROR":
      if (targets.length > 0 || parts.isCalm) violated(`ended with an error of the server: ${row.error_message}`);
      return;
    default:
      violated(`ended with ${row.error_code}: ${row.error_message}`);
  }
}

function checkSuccess(parts: WatcherParts, watched: Watched): void {
  const violated = (message: string) => parts.onViolation(RULES.outcome, watched.id, message);
  const targets = targetsOf(watched);
  if (count(targets, "Skipped") > 0) violated("Succeeded and left hosts out");
  checkFleets(parts, watched);
  if (watched.head.strategy.type === "blue-green-rollback") {
    if (count(targets, "Succeeded") < targets.length) violated("went back, and not with every host");
    return;
  }
  const installed = installedTo(watched);
  const minimum = requiredHealthy(watched.head.healthRule, installed.length);
  const succeeded = count(installed, "Succeeded");
  // In place hosts that failed are weighed against the fleet; of a second fleet, those that got the revision are.
  const atLeast = watched.head.strategy.type === "in-place" ? Math.max(1, minimum) : 1;
  if (succeeded < atLeast) violated(`Succeeded with ${succeeded} of ${atLeast}`);
}

function checkSpentHealth(parts: WatcherParts, watched: Watched): void {
  const { row, head } = watched;
  const violated = (message: string) => parts.onViolation(RULES.outcome, watched.id, message);
  const targets = targetsOf(watched);
  // One that could not have finished does not start.
  if (targets.length === 0 && head.strategy.type === "blue-green" && row.status === "Failed") return;
  const failed = count(targets, "Failed");
  if (row.status !== "Failed") violated(`failed for its health and is ${row.status}`);
  if (failed === 0 && !hasNobodyToTake(watched)) violated("failed for its health without a failure");
  if (head.strategy.type === "in-place" && head.strategy.zones === null) {
    const minimum = requiredHealthy(head.healthRule, targets.length);
    const isSpent = targets.length - failed <= minimum || count(targets, "Succeeded") === 0;
    if (!isSpent) violated(`failed for its health with ${failed} failures`);
  }
  const silent = targets.filter(({ status, agentIssue }) => status === "Failed" && agentIssue).length;
  const isAgents = head.strategy.type === "in-place" && head.strategy.zones === null;
  if (isAgents && (row.error_code === "AGENT_ISSUE") !== (silent === failed)) {
    violated(`says ${row.error_code} with ${silent} silent of ${failed} failed hosts`);
  }
  if (parts.isCalm && silent > 0) parts.onViolation(RULES.calm, watched.id, "calls a host silent that never was");
}

/** A zone of which every host is needed while others' are not well. */
function hasNobodyToTake(watched: Watched): boolean {
  const { strategy, healthRule } = watched.head;
  if (strategy.type !== "in-place" || strategy.zones === null) return false;
  const targets = targetsOf(watched);
  const healthy = targets.filter(({ status, wasHealthy }) => status === "Succeeded" || wasHealthy).length;
  return count(targets, "Skipped") > 0 && healthy <= requiredHealthy(healthRule, targets.length);
}

/** What the group is after it. */
function takeIn(parts: WatcherParts, watched: Watched): void {
  const group = groupOf(parts, watched);
  const { row, head } = watched;
  for (const { targetId, status, lifecycleEvents } of targetsOf(watched)) {
    if (status === "Skipped" || !lifecycleEvents.some(({ name }) => name === "Install")) continue;
    group.health.set(targetId, { healthy: status === "Succeeded", revisionKey: row.revision_key });
  }
  if (row.status !== "Succeeded" || head.strategy.type === "blue-green-rollback") return;
  group.currentRevisionKey = row.revision_key;
  if (!isRollback(watched)) group.mark = null;
  if (head.strategy.type !== "blue-green") return;
  for (const { targetId } of targetsOf(watched, "Blue")) group.health.delete(targetId);
  group.current = group.current === 0 ? 1 : 0;
}
