import type { ShiftRule } from "../../shift/watched-shifts.ts";

export const SUMS: ShiftRule = {
  name: "weights make a hundred",
  watch: ({ deployments, weightsFault }, violated) => ({
    trafficMoved(groupId) {
      const fault = weightsFault(groupId);
      if (fault !== null) violated(deployments.activeOf(groupId) ?? null, fault);
    },
  }),
};
