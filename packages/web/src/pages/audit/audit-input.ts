import type { ListAuditEventsInput } from "@sluice/wire/sluice/audit-api.ts";
import { timesOf } from "../../parts/time-ranges.ts";
import type { AuditSearch } from "./audit-search.ts";

/** The URL's filters as the API takes them. @param now epoch milliseconds, from which `range` counts back */
export function auditInput(search: AuditSearch, now: number): ListAuditEventsInput {
  const { caller, operation, outcome, resource, address } = search;
  const { after, before } = timesOf(search, now);
  const input = {
    caller: caller?.trim(),
    operation: operation?.trim(),
    outcome,
    resource: resource?.trim(),
    sourceAddress: address?.trim(),
    startTime: after,
    endTime: before,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== ""));
}

/** The event that is open is no filter. */
export function isFiltered({ event: _, ...filters }: AuditSearch): boolean {
  return Object.keys(filters).length > 0;
}
