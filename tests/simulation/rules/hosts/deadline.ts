import type { CommandState } from "@sluice/engine/state.ts";
import {
  ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS,
  BLUE_GREEN_TIMEOUT_MILLISECONDS,
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  IN_PLACE_TIMEOUT_MILLISECONDS,
} from "@sluice/engine/time-limits.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import type { HostRule } from "../../hosts/watched-hosts.ts";

/** In the words of every event that a deadline ended, and of no other. */
const PAST_ITS_DEADLINE = /(acknowledge the event|did not end|did not finish \w+ for .*) within \d+ minutes/;
/** A host that has reported for so long has had an answer to all that it had to say. */
const REPORTED_MILLISECONDS = 60_000;

export const DEADLINE: HostRule = {
  name: "no deadline counts time in which the server could not be reached, and no host that reported in time is late",
  watch: ({ outages, ledger, hostTruth }, violated) => ({
    targetChanged({ id }, { target: after, before }) {
      const command = before?.command;
      if (!command) return;
      const { targetId } = after;
      const event = after.lifecycleEvents.find(({ name }) => name === command.event);
      if (event?.status !== "Failed" || !PAST_ITS_DEADLINE.test(event.diagnostics?.message ?? "")) return;
      const failed = `${targetId}: ${command.event} failed`;
      const { since, limit } = deadlineOf(command);
      const reachable = outages.reachableMilliseconds(since);
      if (reachable < limit) {
        violated(id, `${failed} after ${reachable} ms in which the server could be reached, of ${limit}`);
      }
      const { steadyMilliseconds, hasGivenUp } = hostTruth(targetId);
      if (hasGivenUp(id, command.event) || isTrafficEvent(command.event) || ledger.liars.has(targetId)) return;
      if (steadyMilliseconds < REPORTED_MILLISECONDS) return;
      violated(id, `${failed} as late on an honest host that has reported for ${steadyMilliseconds} ms`);
    },
    /** A deployment that ended because its run time was over. */
    deploymentEnded({ id, row, head }) {
      if (row.error_code !== "TIMEOUT") return;
      if (head.strategy.type === "blue-green" && row.status === "Stopped") return;
      const limit = head.strategy.type === "in-place" ? IN_PLACE_TIMEOUT_MILLISECONDS : BLUE_GREEN_TIMEOUT_MILLISECONDS;
      const reachable = outages.reachableMilliseconds(head.startedAt ?? row.created_at);
      if (reachable >= limit) return;
      violated(id, `timed out after ${reachable} ms in which the server could be reached`);
    },
  }),
};

function deadlineOf({ event, availableAt, acknowledgedAt }: CommandState): { since: number; limit: number } {
  if (event === "BlockTraffic") return { since: availableAt, limit: BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS };
  if (event === "AllowTraffic") return { since: availableAt, limit: ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS };
  return acknowledgedAt === null
    ? { since: availableAt, limit: COMMAND_START_TIMEOUT_MILLISECONDS }
    : { since: acknowledgedAt, limit: COMMAND_FINISH_TIMEOUT_MILLISECONDS };
}
