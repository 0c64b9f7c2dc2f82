import { isForward, type ShiftRule } from "../../shift/watched-shifts.ts";

export const WENT_BACK: ShiftRule = {
  name: "after a rollback nothing goes to the new version",
  watch: ({ newPercentOf }, violated) => ({
    deploymentEnded(watched) {
      if (isForward(watched) || watched.row.status !== "Succeeded") return;
      const percent = newPercentOf(watched);
      if (percent !== 0) violated(watched.id, `went back, and ${percent} % go to the new version`);
    },
  }),
};
