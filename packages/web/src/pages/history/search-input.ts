import type { SearchDeploymentsInput } from "@sluice/wire/sluice/console-api.ts";
import type { HistorySearch } from "./history-search.ts";

const HOUR = 3_600_000;
export const RANGES = {
  "1h": { title: "Last hour", milliseconds: HOUR },
  "24h": { title: "Last 24 hours", milliseconds: 24 * HOUR },
  "7d": { title: "Last 7 days", milliseconds: 7 * 24 * HOUR },
  "30d": { title: "Last 30 days", milliseconds: 30 * 24 * HOUR },
} as const;

/** The URL's filters as the API takes them. @param now epoch milliseconds, from which `range` counts back */
export function searchInput(search: HistorySearch, now: number): SearchDeploymentsInput {
  const { application, group, platform, status, creator, host, text, range } = search;
  const after = range === undefined ? dateOf(search.after) : new Date(now - RANGES[range].milliseconds);
  const input = {
    applicationName: application,
    deploymentGroupName: group,
    computePlatform: platform,
    statuses: status,
    creators: creator,
    createdAfter: after,
    createdBefore: range === undefined ? dateOf(search.before) : undefined,
    host,
    text,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

export function isFiltered(search: HistorySearch): boolean {
  return Object.keys(search).length > 0;
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** As an `input type="datetime-local"` wants it: in the viewer's zone, to the minute. */
export function localInputValue(text: string | undefined): string {
  const date = dateOf(text);
  if (date === undefined) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
