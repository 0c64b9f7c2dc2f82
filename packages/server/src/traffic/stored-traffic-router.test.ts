import type { DesiredTraffic } from "@sluice/drivers/haproxy/desired-traffic.ts";
import type { HaproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { expect, it, vi } from "vitest";
import { openStore } from "../store/open-store.ts";
import { readDesiredTraffic } from "./desired-traffic-rows.ts";
import { StoredTrafficRouter } from "./stored-traffic-router.ts";

const HOST: RoutedHost = { hostId: "i-1", hostName: "web-1", address: null, groups: ["web"] };
const never = new AbortController().signal;

/** Knows what it was asked for, and is always behind. */
function forgetfulRouter(): HaproxyRouter {
  let wish: DesiredTraffic | undefined;
  return {
    block: async (host) => {
      wish = { host, wish: "blocked", revision: 2, appliedIn: {} };
      return { outcome: "done" };
    },
    allow: async (host) => {
      wish = { host, wish: "serving", revision: 1, appliedIn: {} };
      return { outcome: "done" };
    },
    observe: async () => [],
    desiredState: () => (wish ? [wish] : []),
    adopt: () => {},
    forget: () => {
      wish = undefined;
    },
    isBehind: async () => true,
    reconcile: async () => [],
  };
}

it("goes on looking after a host whose wish could not be stored", async () => {
  const store = await openStore({ dataDirectory: ":memory:" });
  const router = new StoredTrafficRouter(forgetfulRouter(), store);
  await router.allow(HOST, never);
  const write = vi.spyOn(store, "write").mockRejectedValueOnce(new Error("the disk is full"));
  await expect(router.block(HOST, never)).rejects.toThrow("the disk is full");
  write.mockRestore();
  expect(await readDesiredTraffic(store.db)).toMatchObject([{ wish: "serving" }]);
  await router.reconcile(() => true, never);
  expect(await readDesiredTraffic(store.db)).toMatchObject([{ host: { hostId: "i-1" }, wish: "blocked" }]);
  await store.close();
});
