import type { GridEvent, GridTarget } from "@sluice/wire/sluice/console-api.ts";

const IN_PLACE = ["ApplicationStop", "DownloadBundle", "Install", "ApplicationStart"];

export function pending(name: string, by = "agent"): GridEvent {
  return { name, status: "Pending", by };
}

/** A host of which nothing has begun. */
export function hostRow(number: number, more: Partial<GridTarget> = {}): GridTarget {
  return {
    targetId: `i-${number}`,
    hostName: `web-${number}`,
    zone: `zone-${(number % 3) + 1}`,
    type: "host",
    status: "Pending",
    events: IN_PLACE.map((name) => pending(name)),
    ...more,
  };
}
