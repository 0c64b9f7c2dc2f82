import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";

/** Refuses a batch that is too long; `code` is what the operation answers. */
export function checkBatchSize(
  field: string,
  items: readonly unknown[],
  maximum: number,
  code: FaultCode = "BatchLimitExceededException",
): void {
  if (items.length <= maximum) return;
  throw new CallerFault(
    code,
    `${field} holds ${items.length} items: at most ${maximum} are allowed in one call. Ask in several calls.`,
  );
}
