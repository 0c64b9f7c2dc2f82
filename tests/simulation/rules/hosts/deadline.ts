import {
  ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLUE_GREEN_TIMEOUT_MILLISECONDS,
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  IN_PLACE_TIMEOUT_MILLISECONDS,
} from "@sluice/engine/limits.ts";
import type { CommandState, TargetState } from "@sluice/engine/state.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { RULES } from "../../violation.ts";
import type { Watched, WatcherParts } from "../../watched.ts";

/** In the words of every event that a deadline ended, and of no other. */
const PAST_ITS_DEADLINE = /(acknowledge the event|did not end|did not finish \w+ for .*) within \d+ minutes/;
/** A host that has reported for so long has had an answer to all that it had to say. */
const REPORTED_MILLISECONDS = 60_000;

/** An event that a deadline ended: the server could be reached for as long as the deadline says, and the host did not report in time. */
export function checkDeadline(parts: WatcherParts, { id }: Watched, before: TargetState, after: TargetState): void {
  const { command, targetId } = before;
  if (command === null) return;
  const event = after.lifecycleEvents.find(({ name }) => name === command.event);
  if (event?.status !== "Failed" || !PAST_ITS_DEADLINE.test(event.diagnostics?.message ?? "")) return;
  const { since, limit } = deadlineOf(command);
  const reachable = parts.outages.reachableMilliseconds(since);
  if (reachable < limit) {
    const message = `${targetId}: ${command.event} failed after ${reachable} ms in which the server could be reached, of ${limit}`;
    parts.onViolation(RULES.deadline, id, message);
  }
  const isHonest = !parts.ledger.liars.has(targetId);
  const { steadyMilliseconds, hasGivenUp } = parts.hostTruth(targetId);
  if (hasGivenUp(id, command.event)) return;
  if (isTrafficEvent(command.event) || !isHonest || steadyMilliseconds < REPORTED_MILLISECONDS) return;
  const message = `${targetId}: ${command.event} failed as late on an honest host that has reported for ${steadyMilliseconds} ms`;
  parts.onViolation(RULES.deadline, id, message);
}

/** A deployment that ended because its run time was over. */
export function checkRunTime(parts: WatcherParts, { id, row, head }: Watched): void {
  const limit = head.strategy.type === "in-place" ? IN_PLACE_TIMEOUT_MILLISECONDS : BLUE_GREEN_TIMEOUT_MILLISECONDS;
  const reachable = parts.outages.reachableMilliseconds(head.startedAt ?? row.created_at);
  if (reachable >= limit) return;
  parts.onViolation(RULES.deadline, id, `timed out after ${reachable} ms in which the server could be reached`);
}

function deadlineOf({ event, availableAt, acknowledgedAt }: CommandState): { since: number; limit: number } {
  if (event === "BlockTraffic") return { since: availableAt, limit: BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS };
  if (event === "AllowTraffic") return { since: availableAt, limit: ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS };
  return acknowledgedAt === null
    ? { since: availableAt, limit: COMMAND_START_TIMEOUT_MILLISECONDS }
    : { since: acknowledgedAt, limit: COMMAND_FINISH_TIMEOUT_MILLISECONDS };
}
