import { isForward, type ShiftRule, type WeightSet } from "../../shift/watched-shifts.ts";
import { isMoving } from "./by-schedule.ts";

/** Beyond an interval: to decide, and to ask. */
const LATE_MILLISECONDS = 1_000;
const LATE_TICKS = 10;

export const CALM: ShiftRule = {
  name: "without faults no step is late",
  watch: ({ isCalm, now, tickMilliseconds, orderOf, newPercentOf, deployments }, violated) => {
    if (!isCalm) return {};
    const last = new Map<string, WeightSet>();
    return {
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        const percent = watched && newPercentOf(watched);
        if (watched && typeof percent === "number") last.set(watched.id, { at: now(), percent });
      },
      timePassed(watched) {
        const { schedule } = orderOf(watched.id) ?? {};
        const set = last.get(watched.id);
        if (!schedule || !set || set.percent === 100 || !isForward(watched) || !isMoving(watched)) return;
        const interval = schedule.type === "all-at-once" ? 0 : schedule.intervalMilliseconds;
        const late = now() - set.at - interval;
        if (late > LATE_MILLISECONDS + LATE_TICKS * tickMilliseconds && watched.head.halt === null) {
          violated(watched.id, `keeps ${set.percent} % of its traffic where it is, ${late} ms after its time`);
        }
      },
    };
  },
};
