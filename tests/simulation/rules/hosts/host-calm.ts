import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, hostsOf } from "../../hosts/watched-hosts.ts";

/** Without faults, from a command's offer to its acknowledgement, for each group: a few crossings of the network. */
const START_MILLISECONDS = 200;
const START_TICKS = 6;

export const CALM: HostRule = {
  name: "without faults nothing is late or lost",
  watch: ({ isCalm, alarms, groups, tickMilliseconds }, violated) => {
    if (!isCalm) return {};
    /** A host is told of one thing after another, and each of its groups may have something for it. */
    const startMilliseconds = (hostId: string) => {
      const own = [...groups.values()].filter(({ fleets }) => fleets.flat().includes(hostId));
      return (START_MILLISECONDS + START_TICKS * tickMilliseconds) * own.length;
    };
    return {
      targetChanged({ id, row }, { target: { targetId, lifecycleEvents }, before }) {
        // An alarm interrupts in mid-event: the script of then may be running still.
        if (!before?.command || alarms.hasFiredSince(row.deployment_group_id, 0)) return;
        for (const [place, { name, startedAt }] of lifecycleEvents.entries()) {
          if (isTrafficEvent(name) || startedAt === null) continue;
          if (before.lifecycleEvents[place]?.startedAt === startedAt) continue;
          // It came with the answer to the report of the one before, and was never on offer.
          if (before.command.event !== name) continue;
          if (startedAt - before.command.availableAt <= startMilliseconds(targetId)) continue;
          violated(id, `${targetId} was told of ${name} late although nothing was wrong`);
        }
      },
      deploymentEnded(watched) {
        const { id, row, head } = watched;
        const isOwnWait = head.strategy.type === "blue-green" && row.status === "Stopped";
        if (row.error_code === "TIMEOUT" && !isOwnWait) violated(id, "timed out although nothing was wrong");
        if (row.error_code !== "HEALTH_CONSTRAINTS" && row.error_code !== "AGENT_ISSUE") return;
        const silent = hostsOf(watched).filter(({ status, agentIssue }) => status === "Failed" && agentIssue);
        if (silent.length > 0) violated(id, "calls a host silent that never was");
      },
    };
  },
};
