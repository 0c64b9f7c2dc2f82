import {
  keepPreviousData,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from "@tanstack/react-query";
import { call, isWorthRetrying } from "./call.ts";
import { type Interest, useLive } from "./live.ts";
import type { Input, Operation, Output, Service } from "./services.ts";
import { isSignedIn } from "./session.ts";

const RETRIES = 2;

/**
 * What was fetched stays until an event says that it is old: nothing polls, and nothing is fetched again for a look at another window. Nothing of
 * a session is left for the next one, which may be another key's, however the session ended.
 */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (failures, error) => failures < RETRIES && isWorthRetrying(error),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  isSignedIn.subscribe(() => client.clear());
  return client;
}

export function operationKey(service: Service, operation: string, input: unknown): readonly unknown[] {
  return [service, operation, input];
}

export function pagesKey(service: Service, operation: string, input: unknown): readonly unknown[] {
  return [...operationKey(service, operation, input), "pages"];
}

export interface ReadOptions {
  /** When it is fetched again. */
  readonly live?: Interest | undefined;
  /** `false`: not now, for example because what it is about is not chosen. */
  readonly enabled?: boolean | undefined;
  /** Keeps what was there while another input is fetched, so that a list does not flash. */
  readonly keepsPrevious?: boolean | undefined;
}

/** The answer of an operation that reads: `useOperation("Sluice", "GetOverview", {}, { live: { deployment: "any" } })`. */
export function useOperation<S extends Service, O extends Operation<S>>(
  service: S,
  operation: O,
  input: Input<S, O>,
  { live, enabled = true, keepsPrevious = false }: ReadOptions = {},
): UseQueryResult<Output<S, O>, Error> {
  const queryKey = operationKey(service, operation, input);
  useLive(queryKey, enabled ? live : undefined);
  return useQuery<Output<S, O>, Error>({
    queryKey,
    queryFn: ({ signal }) => call(service, operation, input, signal),
    enabled,
    ...(keepsPrevious && { placeholderData: keepPreviousData }),
  });
}

/** All pages so far of an operation that answers with `nextToken`. `data.pages` are its answers. */
export function usePages<S extends Service, O extends Operation<S>>(
  service: S,
  operation: O,
  input: Input<S, O>,
  { live, enabled = true }: ReadOptions = {},
): UseInfiniteQueryResult<{ readonly pages: Output<S, O>[] }, Error> {
  const queryKey = pagesKey(service, operation, input);
  useLive(queryKey, enabled ? live : undefined);
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      call(
        service,
        operation,
        pageParam === undefined ? input : Object.assign({}, input, { nextToken: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last as { readonly nextToken?: string | undefined }).nextToken,
    enabled,
  });
}

/** An operation that changes something. What it changes is fetched again by the notice that follows it. */
export function useChange<S extends Service, O extends Operation<S>>(
  service: S,
  operation: O,
): UseMutationResult<Output<S, O>, Error, Input<S, O>> {
  return useMutation({ mutationFn: (input: Input<S, O>) => call(service, operation, input) });
}
