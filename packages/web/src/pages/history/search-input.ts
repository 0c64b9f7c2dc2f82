import type { SearchDeploymentsInput } from "@sluice/wire/sluice/console-api.ts";
import { timesOf } from "../../parts/time-ranges.ts";
import type { HistorySearch } from "./history-search.ts";

/** The URL's filters as the API takes them. @param now epoch milliseconds, from which `range` counts back */
export function searchInput(search: HistorySearch, now: number): SearchDeploymentsInput {
  const { application, group, platform, status, creator, host, text } = search;
  const { after, before } = timesOf(search, now);
  const input = {
    applicationName: application,
    deploymentGroupName: group,
    computePlatform: platform,
    statuses: status,
    creators: creator,
    createdAfter: after,
    createdBefore: before,
    host,
    text,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

export function isFiltered(search: HistorySearch): boolean {
  return Object.keys(search).length > 0;
}
