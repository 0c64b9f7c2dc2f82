import type { HostTarget } from "../../state.ts";

/**
 * The hosts of a deployment, sorted by where they stand; each is in exactly one bucket, in admission order.
 *
 * waiting: not yet admitted. running: admitted, not ended. succeeded, failed, skipped: ended.
 */
export interface TargetBuckets {
  readonly waiting: readonly HostTarget[];
  readonly running: readonly HostTarget[];
  readonly succeeded: readonly HostTarget[];
  readonly failed: readonly HostTarget[];
  readonly skipped: readonly HostTarget[];
}

export function sortIntoBuckets(targets: readonly HostTarget[]): TargetBuckets {
  const waiting: HostTarget[] = [];
  const running: HostTarget[] = [];
  const succeeded: HostTarget[] = [];
  const failed: HostTarget[] = [];
  const skipped: HostTarget[] = [];
  for (const target of targets) {
    switch (target.status) {
      case "Pending":
        waiting.push(target);
        break;
      case "InProgress":
      case "Ready":
        running.push(target);
        break;
      case "Succeeded":
        succeeded.push(target);
        break;
      case "Failed":
      case "Unknown":
        failed.push(target);
        break;
      case "Skipped":
        skipped.push(target);
        break;
      default: {
        const never: never = target.status;
        throw new TypeError(`unknown target status ${never}`);
      }
    }
  }
  return { waiting, running, succeeded, failed, skipped };
}
