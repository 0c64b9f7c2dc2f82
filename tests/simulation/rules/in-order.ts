import type { Rule } from "./rule.ts";

export const IN_ORDER: Rule = {
  name: "no event of a target begins before its turn",
  watch: (_, violated) => ({
    targetChanged({ id }, { target: { targetId, lifecycleEvents } }) {
      const firstOpen = lifecycleEvents.findIndex(({ status }) => status === "Pending" || status === "InProgress");
      if (firstOpen === -1) return;
      for (const { name, status } of lifecycleEvents.slice(firstOpen + 1)) {
        if (status !== "Pending") violated(id, `${targetId}: ${name} is ${status} before its turn`);
      }
    },
  }),
};
