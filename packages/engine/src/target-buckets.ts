import type { TargetState } from "./state.ts";

/**
 * The targets of a deployment, sorted by where they stand; each is in exactly one bucket, in admission order.
 *
 * waiting: not yet admitted. running: admitted, not ended. succeeded, failed, skipped: ended.
 */
export interface TargetBuckets {
  readonly waiting: readonly TargetState[];
  readonly running: readonly TargetState[];
  readonly succeeded: readonly TargetState[];
  readonly failed: readonly TargetState[];
  readonly skipped: readonly TargetState[];
}

export function sortIntoBuckets(targets: readonly TargetState[]): TargetBuckets {
  const waiting: TargetState[] = [];
  const running: TargetState[] = [];
  const succeeded: TargetState[] = [];
  const failed: TargetState[] = [];
  const skipped: TargetState[] = [];
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
