import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { useMemo } from "react";
import { useObservable } from "../../../state/observable.ts";
import type { GridStore } from "../grid/grid-store.ts";
import { hostTraffic } from "./host-traffic.ts";
import { TrafficPanel } from "./traffic-panel.tsx";

/** How many hosts take traffic, on each side. */
export function HostTrafficPanel({ store, deployment }: { store: GridStore; deployment: DeploymentSummary }) {
  const { grid } = useObservable(store.state);
  const { startedAt, createdAt, completedAt } = deployment;
  const isOver = completedAt !== undefined;
  const traffic = useMemo(
    () => hostTraffic(grid.rows, startedAt ?? createdAt, completedAt ?? new Date()),
    [grid.rows, startedAt, createdAt, completedAt],
  );
  if (traffic === undefined) return null;
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
