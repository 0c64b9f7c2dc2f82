import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "./until-wanted.fixture.ts";

/** What a driver's test provides: one group with the hosts `host-1` and `host-2`, healthy and serving. */
export interface TrafficRouterWorld {
  readonly router: TrafficRouter;
  readonly group: string;
  /** Opens a session with a host, which lasts until `end`. Resolves when the balancer counts it. */
  openSession(hostId: string): Promise<{ end(): Promise<void> }>;
  setHealthy(hostId: string, isHealthy: boolean): Promise<void>;
  /** What a client sees: the hosts that get requests, among as many requests as it takes to meet each. */
  servingHosts(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** What every driver of the port has to keep. Calls are repeated as a runner repeats them. */
export function describeTrafficRouter(name: string, open: () => Promise<TrafficRouterWorld>): void {
  describe(`the traffic router ${name}`, () => {
    let world: TrafficRouterWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    const host = (hostId: string, groups = [world.group]): RoutedHost => ({
      hostId,
      hostName: hostId,
      address: null,
      groups,
    });
    const states = async (hostId: string) =>
      (await world.router.observe(host(hostId), never)).map(({ group, state }) => ({ group, state }));
    const settle = (act: "block" | "allow", hostId: string) => settled(world.router, act, host(hostId));

    it("takes a host out, and only that one, and brings it in again", async () => {
      expect(await settle("block", "host-1")).toMatchObject({ outcome: "done" });
      expect(await states("host-1")).toEqual([{ group: world.group, state: "blocked" }]);
      expect(await states("host-2")).toEqual([{ group: world.group, state: "serving" }]);
      expect(await world.servingHosts()).toEqual(["host-2"]);

      expect(await settle("allow", "host-1")).toMatchObject({ outcome: "done" });
      expect(await states("host-1")).toEqual([{ group: world.group, state: "serving" }]);
      expect(await world.servingHosts()).toEqual(["host-1", "host-2"]);
    });

    it("never calls done what names no group", async () => {
      for (const act of ["block", "allow"] as const) {
        expect(await world.router[act](host("host-1", []), never)).toMatchObject({ outcome: "failed" });
      }
      expect(await world.servingHosts()).toEqual(["host-1", "host-2"]);
    });

    it("changes nothing when asked again for what is so", async () => {
      expect(await settle("allow", "host-1")).toMatchObject({ outcome: "done" });
      await settle("block", "host-1");
      expect(await world.router.block(host("host-1"), never)).toMatchObject({ outcome: "done" });
      await settle("allow", "host-1");
      expect(await world.router.allow(host("host-1"), never)).toMatchObject({ outcome: "done" });
    });

    it("waits for what is in flight, with no new session meanwhile", async () => {
      const session = await world.openSession("host-1");
      for (let asked = 0; asked < 5; asked++) {
        const outcome = await world.router.block(host("host-1"), never);
        expect(outcome).toMatchObject({ outcome: "pending", detail: expect.any(String) });
      }
      expect(await states("host-1")).toEqual([{ group: world.group, state: "draining" }]);
      expect(await world.servingHosts()).toEqual(["host-2"]);
      await session.end();
      expect(await settle("block", "host-1")).toMatchObject({ outcome: "done" });
    });

    it("may be asked for the opposite halfway", async () => {
      const session = await world.openSession("host-1");
      await world.router.block(host("host-1"), never);
      expect(await settle("allow", "host-1")).toMatchObject({ outcome: "done" });
      expect(await world.servingHosts()).toEqual(["host-1", "host-2"]);
      await session.end();
    });

    it("does not send traffic to a sick host, and says what ails it", async () => {
      await settle("block", "host-1");
      await world.setHealthy("host-1", false);
      const outcome = await until(
        () => world.router.allow(host("host-1"), never),
        (asked) => asked.outcome !== "pending" || /503|sick/.test(asked.detail),
      );
      expect(outcome.outcome).toBe("pending");
      expect(await states("host-1")).toEqual([{ group: world.group, state: "unhealthy" }]);
      expect(await world.servingHosts()).toEqual(["host-2"]);

      await world.setHealthy("host-1", true);
      expect(await settle("allow", "host-1")).toMatchObject({ outcome: "done" });
      expect(await world.servingHosts()).toEqual(["host-1", "host-2"]);
    });

    it("fails, and touches nothing, for a group or a host that it does not know", async () => {
      const stranger = host("host-9");
      const half = host("host-1", [world.group, "no-such-group"]);
      for (const act of ["block", "allow"] as const) {
        expect(await world.router[act](stranger, never)).toMatchObject({
          outcome: "failed",
          reason: expect.stringContaining("host-9"),
        });
        expect(await world.router[act](half, never)).toMatchObject({
          outcome: "failed",
          reason: expect.stringContaining("no-such-group"),
        });
      }
      expect(await states("host-9")).toEqual([{ group: world.group, state: "unknown" }]);
      expect((await world.router.observe(half, never)).map(({ state }) => state)).toEqual(["serving", "unknown"]);
      expect(await world.servingHosts()).toEqual(["host-1", "host-2"]);
    });

    it("does not begin when it was told to stop", async () => {
      for (const act of ["block", "allow", "observe"] as const) {
        await expect(world.router[act](host("host-1"), AbortSignal.abort())).rejects.toThrow();
      }
      expect(await states("host-1")).toEqual([{ group: world.group, state: "serving" }]);
    });
  });
}

/** Asks until it is no longer pending, as a runner does. */
export function settled(router: TrafficRouter, act: "block" | "allow", host: RoutedHost): Promise<PortOutcome> {
  return until(
    () => router[act](host, never),
    ({ outcome }) => outcome !== "pending",
  );
}
