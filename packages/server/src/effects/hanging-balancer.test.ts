import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { hostCommand, hostTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { SCAN_INTERVAL_MILLISECONDS, WakeLoop } from "../planning/wake-loop.ts";
import { insertDeployment, noOutside } from "../runner/runner.fixture.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { insertEffects, loadEffectReports } from "../store/effects.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { insertTargets } from "../store/targets.ts";
import { effectHandlers } from "./effect-handlers.ts";
import { EffectWorker } from "./effect-worker.ts";

const SHARE = 16;

let store: Store;
let worker: EffectWorker;
let loop: WakeLoop;
/** For how long the loop slept last. */
let slept: number | undefined;
/** By deployment: its hosts that a load balancer is asked for now. */
let asking: Map<string, Set<string>>;

/** As a port does it: until it is told to stop. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

async function block({ hostId }: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
  const [deploymentId = ""] = hostId.split("/");
  if (!deploymentId.startsWith("d-HANGS")) return { outcome: "done" };
  const hosts = asking.get(deploymentId) ?? new Set();
  asking.set(deploymentId, hosts.add(hostId));
  return hang(signal);
}

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  asking = new Map();
  const feed = new ChangeFeed();
  const outside = noOutside();
  const parts = { store, owner: "one", feed, timers: systemTimers };
  worker = new EffectWorker({
    ...parts,
    handlers: effectHandlers({
      ...outside,
      ...parts,
      trafficRouter: { ...outside.trafficRouter, block },
      resolveTargets: async () => ({ outcome: "resolved", candidates: [] }),
    }),
    quarantine: async () => {},
    onError: () => {},
  });
  loop = new WakeLoop({
    store,
    timers: {
      ...systemTimers,
      after(milliseconds, action) {
        slept = milliseconds;
        return systemTimers.after(milliseconds, action);
      },
    },
    // The planner has no part in this.
    planDeployment: async () => {
      await store.write(({ db }) => db.updateTable("deployments").set({ wake_at: null }).execute());
    },
    startEffects: () => worker.startDue(),
    nextEffectAt: () => worker.nextAt(),
    onError: (error) => {
      throw error;
    },
  });
  feed.subscribe(({ isDue }) => {
    if (isDue) loop.wake();
  });
});
afterEach(async () => {
  await loop.close();
  await worker.close();
  await store.close();
});

/** A deployment whose hosts are to be taken out of their load balancer. */
async function blocks(deploymentId: string, hostCount: number): Promise<readonly string[]> {
  const hostIds = Array.from({ length: hostCount }, (_, index) => `${deploymentId}/${index}`);
  await insertDeployment(store, deploymentId, {
    deploymentGroupId: `group of ${deploymentId}`,
    healthRule: { type: "HOST_COUNT", value: 0 },
    request: {},
    revisionKey: "k",
    strategy: { type: "in-place", hasTrafficControl: true, zones: null },
    alarms: null,
    at: 0,
  });
  await store.write(async (transaction) => {
    await insertTargets(transaction, deploymentId, hostIds.map(beingBlocked));
    await insertEffects(
      transaction,
      deploymentId,
      hostIds.map((targetId) => ({ kind: "routeTraffic", key: targetId, targetId, event: "BlockTraffic", attempt: 1 })),
      Date.now(),
    );
  });
  return hostIds;
}

function beingBlocked(targetId: string): TargetState {
  const command = hostCommand("BlockTraffic", { acknowledgedAt: 0 });
  return hostTarget(targetId, { status: "InProgress", wasHealthy: true, command });
}

const doneOf = async (keys: readonly string[]) => (await loadEffectReports(store, keys)).size;

it("leaves other deployments their traffic, their hosts and their end, and its server its rest", async () => {
  for (const id of ["d-HANGS1", "d-HANGS2", "d-HANGS3"]) await blocks(id, 100);
  loop.wake();
  await vi.waitFor(() =>
    expect([...asking].map(([id, hosts]) => [id, hosts.size])).toEqual([
      ["d-HANGS1", SHARE],
      ["d-HANGS2", SHARE],
      ["d-HANGS3", SHARE],
    ]),
  );
  const hosts = await blocks("d-WORKS", 100);
  await store.write((transaction) =>
    insertEffects(transaction, "d-ENDS", [{ kind: "terminateOriginals", key: "ends", targetIds: ["a"] }], Date.now()),
  );
  loop.wake();
  await vi.waitFor(async () => expect(await doneOf([...hosts, "ends"])).toBe(hosts.length + 1));
  expect([...asking.values()].map(({ size }) => size)).toEqual([SHARE, SHARE, SHARE]);
  // What is due and may not be begun is no reason to look again and again.
  await vi.waitFor(() => expect(slept).toBe(SCAN_INTERVAL_MILLISECONDS));
});
