import type { TargetState } from "@sluice/engine/state.ts";
import { type HostRule, hostOf, hostsOf, isRefused } from "../../hosts/watched-hosts.ts";
import { count, ENDED, type Watched } from "../../watched.ts";
import { isFirstEvent, zoneKey } from "./admitted.ts";
import { installedTo, requiredHealthy } from "./required-healthy.ts";

export const ZONES: HostRule = {
  name: "zones follow one another, each after its monitor time, and in none too many hosts are out",
  watch: (_, violated) => ({
    eventWritten(watched, event) {
      const zones = zonesOf(watched);
      const target = isFirstEvent(watched, event) ? hostOf(watched, String(event.body.targetId)) : undefined;
      if (!zones || !target) return;
      const key = zoneKey(watched, target.targetId);
      // Where nobody could be restarted, nothing is watched.
      const touched = hostsOf(watched).filter((host) => !isRefused(host));
      const earlier = touched.filter(({ targetId }) => zoneKey(watched, targetId) < key);
      if (earlier.length === 0) return;
      const open = earlier.filter(({ status }) => !ENDED.includes(status)).map(({ targetId }) => targetId);
      if (open.length > 0) {
        violated(watched.id, `began in ${target.zone} while ${open.join()} were under way in earlier zones`);
      }
      const before = [...new Set(earlier.map(({ targetId }) => zoneKey(watched, targetId)))].sort();
      const monitor = before.length === 1 ? zones.firstZoneMonitorMilliseconds : zones.monitorMilliseconds;
      const last = before.at(-1);
      const endedAt = lastChangeAt(earlier.filter(({ targetId }) => zoneKey(watched, targetId) === last));
      if (event.at >= endedAt + monitor) return;
      violated(watched.id, `began in ${target.zone} ${event.at - endedAt} ms after ${last}, not ${monitor} ms`);
    },
    targetsChanged(watched) {
      const minimum = zonesOf(watched)?.minimumPerZone;
      if (watched.head.stage !== "deploy" || !minimum) return;
      for (const [zone, members] of Map.groupBy(installedTo(watched), (target) => target.zone)) {
        const allowed = members.length - count(members, "Failed") - requiredHealthy(minimum, members.length);
        const inFlight = count(members, "InProgress");
        if (inFlight > 0 && inFlight > allowed) {
          violated(watched.id, `has ${inFlight} hosts under way in ${zone}, allowed there are ${allowed}`);
        }
      }
    },
  }),
};

function zonesOf({ head: { strategy } }: Watched) {
  return strategy.type === "in-place" ? strategy.zones : null;
}

function lastChangeAt(targets: readonly TargetState[]): number {
  return Math.max(...targets.map(({ updatedAt }) => updatedAt));
}
