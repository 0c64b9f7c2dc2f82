import type { RevisionHealth } from "@sluice/engine/state.ts";
import type { HostRule } from "../../hosts/watched-hosts.ts";
import { hostOf, isRefused } from "../../hosts/watched-hosts.ts";
import { groupOf, type Watched } from "../../watched.ts";
import { isFirstEvent, zoneKey } from "./admitted.ts";
import { pastOf } from "./past.ts";

const RANK: Readonly<Record<RevisionHealth, string>> = { Unknown: "0", Old: "1", Current: "2" };
/** In place, and the two fleets of a blue/green deployment. */
const LABELS = [null, "Green", "Blue"];

export const ORDER: HostRule = {
  name: "hosts are admitted in the order of their health",
  watch: ({ groups }, violated) => {
    const admittedTo = new Map<string, string[]>();
    return {
      targetsFound(watched) {
        if (watched.head.strategy.type === "blue-green-rollback") return;
        const group = groupOf({ groups }, watched);
        for (const label of LABELS) {
          const keys = ofLabel(watched, watched.order, label).map((hostId) => {
            const { wasHealthy, revisionHealth } = pastOf(group, hostId);
            return `${wasHealthy ? 1 : 0}${RANK[revisionHealth]}${hostId}`;
          });
          if (keys.join() !== [...keys].sort().join()) violated(watched.id, `admits in the order ${keys.join()}`);
        }
      },
      eventWritten(watched, event) {
        if (!isFirstEvent(watched, event)) return;
        const admitted = admittedTo.get(watched.id) ?? [];
        admittedTo.set(watched.id, admitted);
        admitted.push(String(event.body.targetId));
      },
      /** Admitted hosts are the first of their fleet; with zones, the first of the zones in their order. */
      eventsWritten(watched) {
        const { strategy } = watched.head;
        const isZonal = strategy.type === "in-place" && strategy.zones !== null;
        const expected = isZonal
          ? [...watched.order].sort((one, other) => zoneKey(watched, one).localeCompare(zoneKey(watched, other)))
          : watched.order;
        for (const label of LABELS) {
          const admitted = ofLabel(watched, admittedTo.get(watched.id) ?? [], label);
          const order = ofLabel(watched, expected, label).filter((hostId) => isAdmissible(watched, hostId));
          if (admitted.join() === order.slice(0, admitted.length).join()) continue;
          violated(watched.id, `admitted ${admitted.join()}, in another order than ${order.join()}`);
        }
      },
    };
  },
};

function isAdmissible(watched: Watched, hostId: string): boolean {
  const target = hostOf(watched, hostId);
  return target !== undefined && !isRefused(target);
}

function ofLabel(watched: Watched, hostIds: readonly string[], label: string | null): string[] {
  return hostIds.filter((hostId) => hostOf(watched, hostId)?.label === label);
}
