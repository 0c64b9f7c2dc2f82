/** Epoch milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

/**
 * When the server proved that it could hear its hosts, and could ask balancers and alarms: ascending, and apart from each other. All other
 * time is a gap: the database was away, the server was stopped, or deaf.
 */
export type HeardTime = readonly TimeSpan[];

/** Of who never fails to hear: a rehearsal, a test. */
export const ALWAYS_HEARD: HeardTime = [{ from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }];

/**
 * After a gap, what happened in it is caught up with, before time counts again: the AWS agent comes back after 90 s at most, a load balancer
 * is asked again after 100 s at most (the lease of a server that died, one attempt, the pause after it).
 */
export const CATCH_UP_MILLISECONDS = 120_000;
/** Where gaps follow each other so closely that nothing would ever count, so many times a limit of heard time is enough. */
const LIMITS_WITHOUT_STRETCH = 4;
/** How long the proof of a moment may take to come; and how soon it is looked again where it did not. */
const MAX_PROOF_LAG_MILLISECONDS = 5_000;
const LOOK_AGAIN_MILLISECONDS = 1_000;

/** The last time since `from` in which nothing was heard for that long, and which is over; undefined: there was none. */
export function lastGapSince(heard: HeardTime, from: number, milliseconds: number): TimeSpan | undefined {
  for (let index = heard.length - 1; index > 0; index--) {
    const after = heard[index];
    const before = heard[index - 1];
    if (!after || !before || after.from <= from) return undefined;
    const gap = { from: Math.max(before.until, from), until: after.from };
    if (gap.until - gap.from >= milliseconds) return gap;
  }
  return undefined;
}

/**
 * How much of the time since `from` counts against others: what was heard, without the beginning of each stretch after a gap. In
 * milliseconds.
 */
export function countedMilliseconds(
  heard: HeardTime,
  from: number,
  now: number,
  catchUpMilliseconds = CATCH_UP_MILLISECONDS,
): number {
  let whole = 0;
  let counted = 0;
  for (let index = heard.length - 1; index >= 0; index--) {
    const span = heard[index];
    if (span === undefined || span.until <= from) break;
    const length = Math.max(0, Math.min(span.until, now) - Math.max(span.from, from));
    whole += length;
    counted += span.from > from ? Math.max(0, length - catchUpMilliseconds) : length;
  }
  return Math.max(counted, whole / LIMITS_WITHOUT_STRETCH);
}

/**
 * The moment at which that much of the time since `from` has counted, if from now on everything is heard: now or earlier means that it is
 * over. A gap moves it on.
 */
export function deadlineAt(
  heard: HeardTime,
  from: number,
  milliseconds: number,
  now: number,
  catchUpMilliseconds = CATCH_UP_MILLISECONDS,
): number {
  const missing = milliseconds - countedMilliseconds(heard, from, now, catchUpMilliseconds);
  const last = heard.at(-1);
  if (missing <= 0 || (last && last.until >= now)) return now + missing;
  const isProofUnderWay = last !== undefined && now - last.until <= MAX_PROOF_LAG_MILLISECONDS;
  const expected = isProofUnderWay ? [...heard.slice(0, -1), { from: last.from, until: now }] : heard;
  const left = milliseconds - countedMilliseconds(expected, from, now, catchUpMilliseconds);
  return now + Math.max(left, LOOK_AGAIN_MILLISECONDS);
}
