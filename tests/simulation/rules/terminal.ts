import { ENDED, OVER } from "../watched.ts";
import type { Rule } from "./rule.ts";

export const TERMINAL: Rule = {
  name: "terminal is terminal",
  watch: (_, violated) => ({
    deploymentChanged({ id, row }, before) {
      if (before === null || !OVER.includes(before.status) || JSON.stringify(row) === JSON.stringify(before)) return;
      violated(id, `had ended as ${before.status}, and was changed to ${row.status}: ${JSON.stringify(row)}`);
    },
    targetChanged({ id }, { target, before, isAfterEnd }) {
      if (before === null) return;
      const { targetId, status, lifecycleEvents } = target;
      if (ENDED.includes(before.status) && JSON.stringify(before) !== JSON.stringify(target)) {
        violated(id, `${targetId} had ended as ${before.status}, and was changed to ${status}`);
      }
      if (isAfterEnd) violated(id, `${targetId} changed after the deployment's end`);
      for (const [place, event] of lifecycleEvents.entries()) {
        const past = before.lifecycleEvents[place];
        if (!past || !ENDED.includes(past.status) || past.status === event.status) continue;
        violated(id, `${targetId}: ${event.name} had ended as ${past.status} and is ${event.status}`);
      }
    },
  }),
};
