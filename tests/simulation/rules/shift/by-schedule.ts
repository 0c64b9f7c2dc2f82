import type { ShiftAction, ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import { isForward, type ShiftRule, type WeightSet } from "../../shift/watched-shifts.ts";
import type { Watched } from "../../watched.ts";

/** Written down in another way than the engine's: what may follow a weight, and after how long. */
export function followerOf(schedule: ShiftSchedule, percent: number): number {
  if (schedule.type === "all-at-once") return 100;
  if (schedule.type === "canary") return percent < schedule.percent ? schedule.percent : 100;
  let next = 0;
  while (next <= percent) next += schedule.percent;
  return next > 100 ? 100 : next;
}

export const BY_SCHEDULE: ShiftRule = {
  name: "traffic moves by the schedule, and no step comes before its time but by a person's word",
  watch: ({ deployments, now, orderOf, newPercentOf, gatesOf, isRepeating }, violated) => {
    const last = new Map<string, WeightSet>();
    /** Steps that came before their time. */
    const hastened = new Map<string, number>();
    /** A word that arrives twice counts twice. */
    const wordsOf = (id: string, action: ShiftAction) =>
      gatesOf(id).filter((ask) => ask.action === action).length * (isRepeating ? 2 : 1);
    return {
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        if (!watched || watched.row.status === "Created") return;
        const percent = newPercentOf(watched);
        if (percent === null) {
          violated(watched.id, "has moved traffic, and knows not yet from where to where");
          return;
        }
        const before = last.get(watched.id) ?? { at: Number.NEGATIVE_INFINITY, percent: 0 };
        last.set(watched.id, { at: now(), percent });
        const order = orderOf(watched.id);
        if (!isForward(watched) || !order) {
          if (percent !== 0) violated(watched.id, `goes back, and sends ${percent} % to what it goes back from`);
          return;
        }
        const { schedule } = order;
        const expected = followerOf(schedule, before.percent);
        const isFinish = percent === 100 && wordsOf(watched.id, "finish") > 0;
        if (percent !== expected && !isFinish) {
          violated(watched.id, `sends ${percent} % after ${before.percent} %, and its schedule says ${expected} %`);
        }
        const interval = schedule.type === "all-at-once" ? 0 : schedule.intervalMilliseconds;
        if (now() - before.at < interval && !isFinish) {
          const early = (hastened.get(watched.id) ?? 0) + 1;
          hastened.set(watched.id, early);
          if (early <= wordsOf(watched.id, "next")) return;
          violated(
            watched.id,
            `sends ${percent} % ${now() - before.at} ms after ${before.percent} %, not ${interval} ms`,
          );
        }
      },
    };
  },
};

/** The deployment's traffic event is under way. */
export function isMoving({ targets }: Watched): boolean {
  return [...targets.values()].some(({ lifecycleEvents }) =>
    lifecycleEvents.some(({ name, status }) => name === "AllowTraffic" && status === "InProgress"),
  );
}
