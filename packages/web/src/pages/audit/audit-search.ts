import { RANGE_NAMES } from "../../parts/time-ranges.ts";
import { present, textOf, wordOf } from "../../shell/url-search.ts";

export const OUTCOMES = ["succeeded", "refused", "failed"] as const;

/** All filters, and the event whose record is open. Times are ISO 8601; `range` is a time that moves on. */
export function auditSearch(search: Readonly<Record<string, unknown>>) {
  return present({
    caller: textOf(search.caller),
    operation: textOf(search.operation),
    outcome: wordOf(search.outcome, OUTCOMES),
    resource: textOf(search.resource),
    address: textOf(search.address),
    range: wordOf(search.range, RANGE_NAMES),
    after: textOf(search.after),
    before: textOf(search.before),
    event: textOf(search.event),
  });
}

export type AuditSearch = ReturnType<typeof auditSearch>;
