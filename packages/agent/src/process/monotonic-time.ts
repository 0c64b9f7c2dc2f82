const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Milliseconds of a clock that nobody sets. Not `performance.now()`, which loads 1 MB that an idle agent has no other use for. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / NANOSECONDS_PER_MILLISECOND);
}
