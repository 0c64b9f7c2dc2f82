import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { type Interest, useLive } from "../api/live.ts";
import type { Input, Operation, Output, Service } from "../api/services.ts";

/** No list of this API is longer; it ends what would go on for ever. */
const READ_PAGES = 1000;

/** What all pages of a listing have in them, in one list: `useAll("Sluice", "ListHosts", {}, ({ hosts }) => hosts)`. */
export function useAll<S extends Service, O extends Operation<S>, Item>(
  service: S,
  operation: O,
  input: Input<S, O>,
  itemsOf: (page: Output<S, O>) => readonly Item[] | undefined,
  { live, enabled = true }: { readonly live?: Interest | undefined; readonly enabled?: boolean } = {},
): UseQueryResult<readonly Item[], Error> {
  const queryKey = [service, operation, input, "all"];
  useLive(queryKey, enabled ? live : undefined);
  return useQuery<readonly Item[], Error>({
    queryKey,
    enabled,
    queryFn: async ({ signal }) => {
      const items: Item[] = [];
      let nextToken: string | undefined;
      for (let pages = 0; pages < READ_PAGES; pages += 1) {
        const page = await call(service, operation, withToken(input, nextToken), signal);
        items.push(...(itemsOf(page) ?? []));
        nextToken = (page as { readonly nextToken?: string | undefined }).nextToken;
        if (nextToken === undefined) break;
      }
      return items;
    },
  });
}

function withToken<T>(input: T, nextToken: string | undefined): T {
  return nextToken === undefined ? input : ({ ...(input as object), nextToken } as T);
}
