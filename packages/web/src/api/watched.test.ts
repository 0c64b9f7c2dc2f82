import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { watch } from "./watched.ts";

const queryKey = ["Sluice", "GetOverview", {}];

it("has what an earlier page fetched fetched again, once for all who show it", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const queryFn = vi.fn().mockResolvedValue("new");
  const show = () => {
    const stop = watch(client, queryKey);
    const leave = new QueryObserver(client, { queryKey, queryFn }).subscribe(() => {});
    return () => {
      stop();
      leave();
    };
  };
  client.setQueryData(queryKey, "old");
  const leaveFirst = show();
  await vi.waitFor(() => expect(client.getQueryData(queryKey)).toBe("new"), { timeout: 20_000 });
  const leaveSecond = show();
  leaveFirst();
  show()();
  expect(queryFn).toHaveBeenCalledTimes(1);
  leaveSecond();
  show()();
  expect(queryFn).toHaveBeenCalledTimes(2);
  client.clear();
});
