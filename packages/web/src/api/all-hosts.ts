import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { type QueryClient, queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call } from "./call.ts";
import { useLive } from "./live.ts";

export interface AllHosts {
  readonly hosts: readonly HostSummary[];
  /** What keeps the server from hearing hosts that may speak; absent: it hears them. */
  readonly trouble: string | undefined;
  readonly readAt: Date;
}

const QUERY_KEY = ["Sluice", "ListHosts", "all"] as const;

/** Every host that is not removed: filters and sorting are over all of them, page by page as the API gives them. */
const allHostsQuery = queryOptions({
  queryKey: QUERY_KEY,
  async queryFn({ signal }): Promise<AllHosts> {
    const hosts: HostSummary[] = [];
    let trouble: string | undefined;
    let nextToken: string | undefined;
    do {
      const page = await call("Sluice", "ListHosts", nextToken === undefined ? {} : { nextToken }, signal);
      hosts.push(...page.hosts);
      trouble = page.trouble;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return { hosts, trouble, readAt: new Date() };
  },
});

export function useAllHosts(): UseQueryResult<AllHosts, Error> {
  useLive(QUERY_KEY, { changed: ["hosts"] });
  return useQuery(allHostsQuery);
}

/** The same outside of a page; what is known already is not asked for again. */
export async function fetchAllHosts(client: QueryClient): Promise<readonly HostSummary[]> {
  return (await client.ensureQueryData(allHostsQuery)).hosts;
}
