import { isHost } from "@sluice/engine/host-targets.ts";
import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, hostsOf, isPastReturn } from "../../hosts/watched-hosts.ts";

/** What hosts that run an event have to report how it ended. */
const GRACE_MILLISECONDS = 60_000;
/** Each gap in the server's hearing puts that off by the gap, by the 15 s in which hosts come back, and by what the proof of hearing takes. */
const AFTER_EACH_GAP_MILLISECONDS = 30_000;
/** To decide and to write it down. */
const DECISION_MILLISECONDS = 10_000;
/** The balancer is the server's to ask: nobody has to report what becomes of its events. */
const TRAFFIC_MILLISECONDS = 5_000;

export const STOP_ENDS: HostRule = {
  name: "a stop ends within its grace, and what ended without a report is not said to have ended otherwise",
  watch: ({ server, now, door, outages, lastOutsideFaultAt }, violated) => ({
    timePassed(watched) {
      const { id } = watched;
      const { stopRequestedAt } = watched.head;
      const up = server();
      if (stopRequestedAt === null || !up || up.isDead || isPastReturn(watched)) return;
      const from = Math.max(stopRequestedAt, up.upSince, lastOutsideFaultAt());
      const troubled = door.troubledMilliseconds(from, AFTER_EACH_GAP_MILLISECONDS);
      // A server that starts has to hear its hosts first.
      const start = up.upSince > stopRequestedAt ? AFTER_EACH_GAP_MILLISECONDS : 0;
      const age = now() - from - troubled - start;
      if (age > GRACE_MILLISECONDS + DECISION_MILLISECONDS) violated(id, `is under way ${age} ms after its stop`);
      const atBalancer = hostsOf(watched).find(({ command }) => command !== null && isTrafficEvent(command.event));
      if (atBalancer && now() - from > TRAFFIC_MILLISECONDS) {
        violated(id, `waits for the balancer of ${atBalancer.targetId} after its stop`);
      }
    },
    /** An event of which it is said that its outcome was not reported. */
    targetChanged({ id, head }, { target: after, before }) {
      const command = before?.command;
      const event = after.lifecycleEvents.find(({ name }) => name === command?.event);
      if (!command || event?.status !== "Unknown") return;
      const faults = (message: string) => violated(id, `${after.targetId}: ${command.event} ${message}`);
      const since = head.halt === "timeout" ? (head.haltedAt ?? null) : head.stopRequestedAt;
      if (since === null) {
        faults("is given up, and nobody had stopped the deployment");
        return;
      }
      const reachable = outages.reachableMilliseconds(since);
      if (reachable < GRACE_MILLISECONDS) faults(`is given up after ${reachable} ms of ${GRACE_MILLISECONDS}`);
      if (isTrafficEvent(command.event)) faults("is the balancer's, and is said to have had no report");
      if (after.status !== "Failed" || (isHost(after) && after.agentIssue))
        faults(`leaves the host ${after.status}, and blames its agent`);
    },
  }),
};
