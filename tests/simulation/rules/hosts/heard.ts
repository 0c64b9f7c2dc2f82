import { isHost } from "@sluice/engine/host-targets.ts";
import type { HostRule } from "../../hosts/watched-hosts.ts";

/** Of our agent's silence. */
const GRACE_MILLISECONDS = 15_000;

export const HEARD: HostRule = {
  name: "no host that reported in time fails as silent",
  watch: ({ hostTruth }, violated) => ({
    targetChanged({ id }, { target, before }) {
      const { targetId, status } = target;
      const isSilent = isHost(target) && target.agentIssue;
      if (before === null || status !== "Failed" || before.status === "Failed" || !isSilent) return;
      const { steadyMilliseconds } = hostTruth(targetId);
      if (steadyMilliseconds <= GRACE_MILLISECONDS) return;
      violated(id, `calls ${targetId} silent, which has reported for ${steadyMilliseconds} ms without a break`);
    },
  }),
};
