import { memoryTrafficRouter, newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { expect, it, vi } from "vitest";
import { playHost, runnerFixture } from "../runner/runner.fixture.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { allDeliveries, LeapingTimers, notificationFixture, setTriggers } from "./notifications.fixture.ts";

const GREEN = ["green-1", "green-2"];
const HOSTS = ["blue-1", ...GREEN];
const REQUEST: Partial<DeploymentRequest> = {
  loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  targetInstances: { tagFilters: [{ Key: "Color", Value: "green", Type: "KEY_AND_VALUE" }] },
};

it("tells of a blue/green deployment that is ready, after each replacement host that is", async () => {
  const web = new Map(HOSTS.map((host) => [host, newMemoryServer()]));
  const runner = await runnerFixture([], undefined, {
    matchHosts: async ({ ec2TagFilters }) =>
      (ec2TagFilters?.[0]?.Value === "green" ? GREEN : ["blue-1"]).map((hostId) => ({
        hostId,
        hostName: hostId,
        kind: "instance",
        zone: null,
      })),
    trafficRouter: memoryTrafficRouter.create(
      {},
      { groups: new Map([["web", web]]), drainMilliseconds: 0, now: () => Date.now() },
    ),
  });
  const stop = new AbortController();
  for (const host of HOSTS) void playHost(runner, host, stop.signal);
  await setTriggers(runner.store, [
    { name: "t", events: ["DeploymentStart", "InstanceStart", "InstanceReady", "DeploymentReady"] },
  ]);
  await runner.createDeployment(
    "d-BG",
    { type: "FLEET_PERCENT", value: 0 },
    {
      request: REQUEST,
      strategy: { type: "blue-green", readyWaitMilliseconds: 3_600_000, terminationWaitMilliseconds: null },
    },
  );
  await vi.waitFor(async () => expect(await runner.statusOf("d-BG")).toBe("Ready"), { interval: 5 });
  const { notifications, delivered } = notificationFixture(runner.store, new LeapingTimers());
  notifications.start();
  await vi.waitFor(() => expect(delivered.at(-1)?.eventType).toBe("DeploymentReady"), { interval: 5 });
  expect(delivered.map(({ eventType }) => eventType).toSorted()).toEqual([
    "DeploymentReady",
    "DeploymentStart",
    "InstanceReady",
    "InstanceReady",
    "InstanceStart",
    "InstanceStart",
  ]);
  expect(JSON.parse(delivered.at(-1)?.body ?? "")).toMatchObject({
    status: "Ready",
    completeTime: null,
    deploymentOverview: { Ready: "2", Succeeded: "0" },
  });
  expect((await allDeliveries(runner.store)).map(({ target_id }) => target_id)).toEqual(expect.arrayContaining(GREEN));
  stop.abort();
  await notifications.close();
  await runner.close();
});
