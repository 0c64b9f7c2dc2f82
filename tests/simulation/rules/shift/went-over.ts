import { isForward, type ShiftRule } from "../../shift/watched-shifts.ts";
import { groupOf } from "../../watched.ts";

export const WENT_OVER: ShiftRule = {
  name: "what succeeded has all traffic, and the word of every hook",
  watch: ({ groups, hooks, newPercentOf, isMeddledWith }, violated) => ({
    deploymentEnded(watched) {
      const { id, row, targets } = watched;
      if (!isForward(watched) || row.status !== "Succeeded") return;
      const percent = newPercentOf(watched);
      if (percent !== 100 && !isMeddledWith(watched)) violated(id, `succeeded with ${percent} % of the traffic`);
      for (const event of groupOf({ groups }, watched).scenario.hooks) {
        const said = hooks.of(id, event)?.arrived.some(({ succeeded }) => succeeded) ?? false;
        if (!said) violated(id, `succeeded, and the hook of ${event} has not said so`);
      }
      for (const { targetId, lifecycleEvents } of targets.values()) {
        const open = lifecycleEvents.filter(({ status }) => status !== "Succeeded").map(({ name }) => name);
        if (open.length > 0) violated(id, `${targetId} Succeeded without ${open.join(", ")}`);
      }
    },
  }),
};
