import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";
import { useNow } from "../../../design/clock.ts";
import { Badge } from "../../../design/status-badge.tsx";
import { Countdown, Duration } from "../../../design/time.tsx";
import { type ShiftPlot, shiftPlot, type WeightPoint } from "./shift-plot.ts";
import styles from "./traffic-panel.module.css";
import { TrafficPanel } from "./traffic-panel.tsx";

/** Seconds between two drawings of what ticks. */
const REDRAWN_SECONDS = 5;

/** The weights of the new side: what was, and what the schedule has still to come. */
export function ShiftTraffic({ shift, deployment }: { shift: ShiftView; deployment: DeploymentSummary }) {
  const { startedAt, createdAt, completedAt } = deployment;
  const ticking = useNow(completedAt === undefined);
  const now = Math.floor(ticking / (REDRAWN_SECONDS * 1000)) * REDRAWN_SECONDS * 1000;
  const plot = shiftPlot(shift, startedAt ?? createdAt, completedAt ?? new Date(now));
  const { percent, nextPercent, nextAt, pausedSince, askedPercent, askedSince, isOpen } = shift;
  const side = deployment.computePlatform === "Lambda" ? "the new version" : "the replacement task set";
  return (
    <TrafficPanel
      plot={{
        label: `Share of the traffic that ${side} gets over time; it gets ${percent} % now`,
        ...seriesOf(plot),
        unit: "%",
        max: 100,
        now: completedAt === undefined ? now / 1000 : undefined,
      }}
      rows={rowsOf(plot)}
    >
      <div className={styles.now}>
        <p className={styles.percent}>
          {percent} % <span className={styles.side}>of the traffic at {side}</span>
        </p>
        {pausedSince && (
          <Badge tone="attention" icon="pause">
            Paused for <Duration from={pausedSince} />
          </Badge>
        )}
        {askedPercent !== undefined && (
          <p className={styles.next}>
            {askedPercent} % asked for
            {askedSince && (
              <>
                {" "}
                <Duration from={askedSince} /> ago
              </>
            )}
          </p>
        )}
        {pausedSince && nextPercent !== undefined && (
          <p className={styles.next}>{nextPercent} % next, when it is resumed</p>
        )}
        {isOpen && !pausedSince && nextPercent !== undefined && nextAt && (
          <p className={styles.next}>
            {nextPercent} % in <Countdown until={nextAt} />
          </p>
        )}
      </div>
    </TrafficPanel>
  );
}

function seriesOf({ past, planned }: ShiftPlot) {
  const times = [...new Set([...past, ...planned].map(secondsOf))].sort((one, other) => one - other);
  const past_ = valuesAt(times, past);
  return {
    times,
    series: [
      { name: "In force", colour: "--progress-fill", isFilled: true, values: past_ },
      ...(planned.length > 0
        ? [{ name: "By its schedule", colour: "--neutral-fill", isDashed: true, values: valuesAt(times, planned) }]
        : []),
    ],
  };
}

/** Of points with steps between: null before the first and behind the last. */
function valuesAt(times: readonly number[], points: readonly WeightPoint[]): (number | null)[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return times.map(() => null);
  return times.map((time) =>
    time < secondsOf(first) || time > secondsOf(last)
      ? null
      : (points.findLast((point) => secondsOf(point) <= time)?.percent ?? null),
  );
}

function rowsOf({ past, planned }: ShiftPlot) {
  return [
    ...past.slice(0, -1).map(({ at, percent }) => ({ at, words: `${percent} %` })),
    ...planned.slice(1).map(({ at, percent }) => ({ at, words: `${percent} % by its schedule` })),
  ];
}

function secondsOf({ at }: WeightPoint): number {
  return at.getTime() / 1000;
}
