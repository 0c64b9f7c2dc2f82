import type { TargetCandidate } from "../../observation.ts";
import type { HostTarget, RevisionHealth } from "../../state.ts";
import type { TargetBuckets } from "./target-buckets.ts";

const REVISION_RANK: Readonly<Record<RevisionHealth, number>> = { Unknown: 0, Old: 1, Current: 2 };

/**
 * Unhealthy hosts first, since they cost no health; then by what they run: unknown, old, current. Within a class by name, then id:
 * AWS leaves that open, and an order that a person can predict is worth more than a random one.
 */
export function admissionOrder(candidates: readonly TargetCandidate[]): TargetCandidate[] {
  return [...candidates].sort(
    (a, b) =>
      Number(a.wasHealthy) - Number(b.wasHealthy) ||
      REVISION_RANK[a.revisionHealth] - REVISION_RANK[b.revisionHealth] ||
      compare(a.hostName, b.hostName) ||
      compare(a.targetId, b.targetId),
  );
}

/** Hosts that are, or may yet become, healthy: all that have not failed. */
export function hostsNotFailed(buckets: TargetBuckets): number {
  return buckets.waiting.length + buckets.running.length + buckets.succeeded.length + buckets.skipped.length;
}

/**
 * Which waiting hosts may start now.
 *
 * `mayStart` leaves hosts out whose turn it is not. Two caps hold at once. Together at most `not failed - minimum` hosts are under way. And a healthy host is taken only while
 * the healthy ones that are left alone still make up the minimum; unhealthy hosts have no health to lose.
 */
export function admissibleTargets(
  buckets: TargetBuckets,
  minimum: number,
  mayStart: (target: HostTarget) => boolean = () => true,
): readonly HostTarget[] {
  let room = roomIn(buckets, minimum);
  let healthy = buckets.succeeded.length + buckets.waiting.filter((target) => target.wasHealthy).length;
  const admitted: HostTarget[] = [];
  for (const target of buckets.waiting) {
    if (room <= 0) break;
    if (!mayStart(target)) continue;
    if (target.wasHealthy) {
      if (healthy <= minimum) break;
      healthy -= 1;
    }
    room -= 1;
    admitted.push(target);
  }
  return admitted;
}

/** How many more hosts may be under way at once, health apart. */
export function roomIn(buckets: TargetBuckets, minimum: number): number {
  return hostsNotFailed(buckets) - minimum - buckets.running.length;
}

/** A failure leaves too few hosts for another to be risked. When nobody waits any more, the rest is left to finish. */
export function isHealthSpent(buckets: TargetBuckets, minimum: number): boolean {
  return buckets.failed.length > 0 && buckets.waiting.length > 0 && hostsNotFailed(buckets) <= minimum;
}

/** How a deployment whose hosts have all ended is to be judged. */
export function isHealthMet(buckets: TargetBuckets, minimum: number): boolean {
  return buckets.succeeded.length > 0 && buckets.skipped.length === 0 && hostsNotFailed(buckets) >= minimum;
}

/** By code points, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
