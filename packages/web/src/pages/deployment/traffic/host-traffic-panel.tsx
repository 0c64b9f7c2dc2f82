import type { HostTraffic } from "./host-traffic.ts";
import { TrafficPanel } from "./traffic-panel.tsx";

/** How many hosts take traffic, on each side. */
export function HostTrafficPanel({ traffic, isOver }: { traffic: HostTraffic; isOver: boolean }) {
  const { points, oldName, newName } = traffic;
  const last = points.at(-1);
  const max = Math.max(1, ...points.map((point) => Math.max(point.old, point.new)));
  return (
    <TrafficPanel
      plot={{
        label: `Hosts that take traffic over time; now ${last?.old} (${oldName.toLowerCase()}) and ${last?.new} (${newName.toLowerCase()})`,
        times: points.map(({ at }) => at.getTime() / 1000),
        series: [
          { name: oldName, colour: "--neutral-fill", values: points.map((point) => point.old) },
          { name: newName, colour: "--success-fill", isFilled: true, values: points.map((point) => point.new) },
        ],
        unit: "",
        max,
        now: isOver || last === undefined ? undefined : last.at.getTime() / 1000,
      }}
      rows={points.map(({ at, old, new: fresh }) => ({
        at,
        words: `${oldName}: ${old}. ${newName}: ${fresh}`,
      }))}
    />
  );
}
