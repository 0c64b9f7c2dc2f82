import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, hostsOf } from "../../hosts/watched-hosts.ts";
import { POLL_TIMEOUT_MILLISECONDS } from "../../simulated-network.ts";

/** From an agent's end to the failure of its host: its grace, calls under way when it ended, and some time to act. */
const GONE_MILLISECONDS = 60_000;
/** What each trouble of the server's door may add to a host's grace beyond its own time: calls under way, and proof that begins anew. */
const TROUBLE_MILLISECONDS = 10_000;
/** From a sound agent's ignorance of a command to that command's end or its next offer: its last poll may have been lost, too. */
const LOST_MILLISECONDS = POLL_TIMEOUT_MILLISECONDS + 15_000;

/** A host that is gone fails within its grace, and a command that its agent has lost within a few heartbeats. */
export const NOT_WAITING_IN_VAIN: HostRule = {
  name: "nothing waits for a host that has nothing to say",
  watch: ({ server, now, door, hostTruth }, violated) => ({
    deploymentLookedOver(watched) {
      const { id } = watched;
      const up = server();
      if (!up || up.isDead) return;
      for (const { targetId, command } of hostsOf(watched)) {
        // A balancer is waited for as long as its own limit says.
        if (!command || isTrafficEvent(command.event)) continue;
        const { goneSince, soundSince, knows } = hostTruth(targetId);
        const since = Math.max(up.upSince, command.acknowledgedAt ?? command.availableAt);
        const age = (from: number) => {
          const counted = Math.max(since, from);
          return now() - counted - door.troubledMilliseconds(counted, TROUBLE_MILLISECONDS);
        };
        if (goneSince !== null && age(goneSince) > GONE_MILLISECONDS) {
          violated(id, `waits for ${targetId}, where no agent has run for ${age(goneSince)} ms`);
        }
        if (soundSince === null || age(soundSince) <= LOST_MILLISECONDS || knows(id, command.event)) continue;
        violated(id, `waits for ${command.event} on ${targetId}, of which its agent knows nothing`);
      }
    },
  }),
};
