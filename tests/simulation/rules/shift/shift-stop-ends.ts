import type { ShiftRule } from "../../shift/watched-shifts.ts";

/** To decide and to write it down, with what a full disk puts off. */
const DECISION_MILLISECONDS = 5_000;

/** Nobody has to report what becomes of what a platform, or a hook, is at. */
export const STOP_ENDS: ShiftRule = {
  name: "a stop ends a shift at once",
  watch: ({ server, now, lastOutsideFaultAt }, violated) => ({
    timePassed({ id, head }) {
      const up = server();
      const { stopRequestedAt, stage } = head;
      // What is past its return goes on to its end.
      if (stopRequestedAt === null || !up || up.isDead || (stage === "terminate" && head.wait === null)) return;
      const age = now() - Math.max(stopRequestedAt, up.upSince, lastOutsideFaultAt());
      if (age > DECISION_MILLISECONDS) violated(id, `is under way ${age} ms after its stop`);
    },
  }),
};
