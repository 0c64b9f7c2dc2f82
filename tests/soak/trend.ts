/** What was measured at one moment of the run. */
export interface Sample {
  readonly minute: number;
  readonly deployments: number;
  readonly databaseBytes: number;
  readonly logBytes: number;
  readonly serverMegabytes: number;
  /** Of the deployments since the sample before, in seconds. */
  readonly median: number;
  readonly p95: number;
}

/** What may grow from the first to the last sample that counts, as a part of what it was on the way. */
export const GROWTH_ALLOWED = {
  databaseBytes: 0.1,
  logBytes: 0.15,
  serverMegabytes: 0.1,
  /** Of a machine that is used for other things too. */
  median: 0.25,
} as const satisfies Partial<Record<keyof Sample, number>>;

export type Measure = keyof typeof GROWTH_ALLOWED;

export interface Verdict {
  readonly measure: Measure;
  /** By how much it grew over the samples, as a part of its median: 0.1 is a tenth. */
  readonly growth: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/**
 * Whether each measure stayed what it was. The line through the samples is the one whose slope is the median of all slopes between two of
 * them (Theil and Sen), so that a busy minute or a garbage collection makes no trend.
 */
export function judge(samples: readonly Sample[]): Verdict[] {
  return (Object.keys(GROWTH_ALLOWED) as Measure[]).map((measure) => {
    const growth = growthOf(samples, measure);
    const allowed = GROWTH_ALLOWED[measure];
    return { measure, growth, allowed, isFlat: growth <= allowed };
  });
}

function growthOf(samples: readonly Sample[], measure: Measure): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 3) throw new RangeError(`${samples.length} samples show no trend`);
  const slopes = samples.flatMap((from, place) =>
    samples.slice(place + 1).map((to) => (to[measure] - from[measure]) / (to.minute - from.minute)),
  );
  return (middle(slopes) * (last.minute - first.minute)) / middle(samples.map((sample) => sample[measure]));
}

function middle(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError("a quantile of no values");
  return value;
}
