import type { ShiftRule } from "../../shift/watched-shifts.ts";
import type { Watched } from "../../watched.ts";
import { isMoving } from "./by-schedule.ts";

/** What a deployment that has ended had asked for may still come, until the next one begins; nothing else moves any traffic. */
export const IN_ITS_EVENT: ShiftRule = {
  name: "traffic moves in its event alone, and stays where a deployment has left it",
  watch: ({ deployments, newPercentOf }, violated) => {
    /** The last deployment of each group that had begun. */
    const begun = new Map<string, Watched>();
    return {
      targetsFound(watched) {
        begun.set(watched.row.deployment_group_id, watched);
      },
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        if (watched && watched.row.status !== "Created") {
          if (!isMoving(watched)) violated(watched.id, "moves traffic outside of AllowTraffic");
          return;
        }
        const before = begun.get(groupId);
        const asked = before && lastAsked(before);
        const percent = before ? newPercentOf(before) : null;
        if (asked !== undefined && asked === percent) return;
        violated(before?.id ?? null, `${groupId}'s traffic has moved (${percent} %), and nobody had asked for that`);
      },
    };
  },
};

function lastAsked({ targets }: Watched): number | undefined {
  const [target] = targets.values();
  return target && target.type !== "host" ? target.shift.asked?.percent : undefined;
}
