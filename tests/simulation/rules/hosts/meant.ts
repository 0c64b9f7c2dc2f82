import { type HostRule, hostOf, hostsOf } from "../../hosts/watched-hosts.ts";
import { groupOf } from "../../watched.ts";
import { meantHosts, pastOf } from "./past.ts";

export const MEANT: HostRule = {
  name: "a deployment is of the hosts that its group means, and takes them for what they are",
  watch: ({ groups, hasRemovals }, violated) => ({
    targetsFound(watched) {
      const { id, head, request } = watched;
      const group = groupOf({ groups }, watched);
      if (head.strategy.type === "blue-green-rollback") return;
      for (const { targetId, wasHealthy, revisionHealth } of hostsOf(watched)) {
        const past = pastOf(group, targetId);
        if (past.wasHealthy === wasHealthy && past.revisionHealth === revisionHealth) continue;
        violated(id, `${targetId} is taken for ${wasHealthy}/${revisionHealth}, and is ${JSON.stringify(past)}`);
      }
      const { originals, replacements } = meantHosts(group, request);
      const fleets =
        head.strategy.type === "in-place"
          ? [{ label: null, meant: originals }]
          : [
              { label: "Green", meant: replacements },
              { label: "Blue", meant: originals },
            ];
      for (const { label, meant } of fleets) {
        const found = watched.order.filter((hostId) => hostOf(watched, hostId)?.label === label);
        if (hasRemovals() || [...found].sort().join() === [...meant].sort().join()) continue;
        violated(id, `has the hosts ${found.join()}, and the group means ${meant.join()}`);
      }
    },
  }),
};
