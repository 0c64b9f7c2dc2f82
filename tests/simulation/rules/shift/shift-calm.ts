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
    const resumedAt = new Map<string, number>();
    return {
      eventWritten({ id }, { type, at, body }) {
        if (type === "shiftChangeRequested" && (body as { readonly action: string }).action === "resume") {
          resumedAt.set(id, at);
        }
      },
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
        const isPaused = [...watched.targets.values()].some(
          (target) => target.type !== "host" && target.shift.gate?.kind === "pause",
        );
        if (isPaused) return;
        const late = now() - Math.max(set.at + interval, resumedAt.get(watched.id) ?? 0);
        if (late > LATE_MILLISECONDS + LATE_TICKS * tickMilliseconds && watched.head.halt === null) {
          violated(watched.id, `keeps ${set.percent} % of its traffic where it is, ${late} ms after its time`);
        }
      },
    };
  },
};
