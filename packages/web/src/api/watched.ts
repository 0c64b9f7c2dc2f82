import { hashKey, type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/** How many components hear what makes an answer old, by the answer's key. */
const watchers = new Map<string, number>();

/**
 * From now on somebody hears what makes the answer old. What was fetched before that, by a page that was left or by the palette, may be old
 * already: it is shown, and fetched again. Returns what ends it.
 */
export function watch(client: QueryClient, queryKey: QueryKey): () => void {
  const hash = hashKey(queryKey);
  const others = watchers.get(hash) ?? 0;
  watchers.set(hash, others + 1);
  // Whoever shows it subscribes after this, and fetches it then.
  if (others === 0) void client.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
  return () => {
    const left = (watchers.get(hash) ?? 1) - 1;
    if (left > 0) watchers.set(hash, left);
    else watchers.delete(hash);
  };
}

/** For as long as a component is there. It is called before the hook that fetches. @param isWatched false: nobody hears of it here */
export function useWatched(queryKey: QueryKey, isWatched = true): void {
  const client = useQueryClient();
  const latest = useRef(queryKey);
  latest.current = queryKey;
  const hash = hashKey(queryKey);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the hash stands for the key, which is another array in each render
  useEffect(() => (isWatched ? watch(client, latest.current) : undefined), [client, hash, isWatched]);
}
