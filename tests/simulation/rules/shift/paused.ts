import type { ShiftRule } from "../../shift/watched-shifts.ts";

export const PAUSED: ShiftRule = {
  name: "no further traffic moves while a shift is paused",
  watch: ({ deployments, gatesOf }, violated) => {
    /** Weights that came into force since a pause was taken that nobody has asked to take back. */
    const moved = new Map<string, number>();
    return {
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        if (!watched || watched.row.active !== 1) return;
        const last = gatesOf(watched.id).findLast(({ action }) => action === "pause" || action === "resume");
        if (last?.action !== "pause" || last.takenAt === null) {
          moved.delete(watched.id);
          return;
        }
        const count = (moved.get(watched.id) ?? 0) + 1;
        moved.set(watched.id, count);
        // The one that was on its way when the pause came still comes.
        if (count > 1) violated(watched.id, `moves traffic for the ${count}th time though it is paused`);
      },
      eventWritten({ id }, { type, body }) {
        if (type !== "shiftChangeRequested") return;
        const { action } = body as { readonly action: string };
        if (!gatesOf(id).some((ask) => ask.action === action)) {
          violated(id, `was changed by ${action}, and nobody had asked for that`);
        }
      },
    };
  },
};
