import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";

/** A weight of the new side from a moment on, in whole percent. */
export interface WeightPoint {
  readonly at: Date;
  readonly percent: number;
}
export interface ShiftPlot {
  /** What was in force, from 0 % to now or to the end. */
  readonly past: readonly WeightPoint[];
  /** What the schedule has still to come, from now on; empty: over, or paused, so that nobody knows when. */
  readonly planned: readonly WeightPoint[];
}

/**
 * @param startedAt when all traffic was still on the old side
 * @param end when the deployment ended, or now
 */
export function shiftPlot(shift: ShiftView, startedAt: Date, end: Date): ShiftPlot {
  const done = shift.steps.flatMap(({ percent, at }) => (at ? [{ percent, at }] : []));
  const last = done.at(-1);
  const past = [{ at: startedAt, percent: 0 }, ...done, { at: latest(end, last?.at), percent: last?.percent ?? 0 }];
  return { past, planned: plannedPoints(shift, last, end) };
}

function plannedPoints(
  { steps, nextAt, pausedSince }: ShiftView,
  last: WeightPoint | undefined,
  now: Date,
): readonly WeightPoint[] {
  const ahead = steps.filter(({ at }) => at === undefined);
  if (ahead.length === 0 || nextAt === undefined || pausedSince !== undefined) return [];
  // Every step is watched for the same time; the schedule says it by when the next one comes.
  const interval = last === undefined ? 0 : Math.max(nextAt.getTime() - last.at.getTime(), 0);
  const first = Math.max(nextAt.getTime(), now.getTime());
  return [
    { at: now, percent: last?.percent ?? 0 },
    ...ahead.map(({ percent }, index) => ({ percent, at: new Date(first + index * interval) })),
  ];
}

function latest(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one;
}
