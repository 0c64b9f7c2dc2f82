import type { HostRule } from "../../hosts/watched-hosts.ts";

/** Of our agent's silence. */
const GRACE_MILLISECONDS = 15_000;

export const HEARD: HostRule = {
  name: "no host that reported in time fails as silent",
  watch: ({ hostTruth }, violated) => ({
    targetChanged({ id }, { target: { targetId, status, agentIssue }, before }) {
      if (before === null || status !== "Failed" || before.status === "Failed" || !agentIssue) return;
      const { steadyMilliseconds } = hostTruth(targetId);
      if (steadyMilliseconds <= GRACE_MILLISECONDS) return;
      violated(id, `calls ${targetId} silent, which has reported for ${steadyMilliseconds} ms without a break`);
    },
  }),
};
