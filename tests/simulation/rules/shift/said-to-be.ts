import type { ShiftRule } from "../../shift/watched-shifts.ts";

/** What an answer says may be overtaken by the next weight, which is asked for only after it. */
export const SAID_TO_BE: ShiftRule = {
  name: "a weight that is said to be in force is",
  watch: ({ newPercentOf, isMeddledWith }, violated) => ({
    targetChanged(watched, { target, before }) {
      if (target.type === "host" || watched.row.active !== 1 || isMeddledWith(watched)) return;
      const past = before && before.type !== "host" ? before.shift.step : 0;
      if (target.shift.step === past) return;
      const percent = newPercentOf(watched);
      // Whoever hastens has it asked for in the same moment.
      if (percent !== target.shift.percent && percent !== target.shift.asked?.percent) {
        violated(watched.id, `says that ${target.shift.percent} % are in force, and ${percent} % are`);
      }
    },
  }),
};
