import { haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import { memoryTrafficRouter, newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { describe, it } from "vitest";
import { HaproxyProcess, whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { get } from "./http-client.fixture.ts";
import { describeTrafficRouter, type TrafficRouterWorld } from "./traffic-router-contract.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const NAMES = ["host-1", "host-2"];
/** Round robin meets each server that is ready in far fewer. */
const SAMPLE = 12;

describeTrafficRouter("memory", async () => {
  const servers = new Map(NAMES.map((name) => [name, newMemoryServer()]));
  const router = memoryTrafficRouter.create(
    {},
    { groups: new Map([["web", servers]]), drainMilliseconds: 60_000, now: Date.now },
  );
  return {
    router,
    group: "web",
    openSession: async (hostId) => {
      const server = servers.get(hostId)!;
      server.sessions += 1;
      return {
        end: async () => {
          server.sessions -= 1;
        },
      };
    },
    setHealthy: async (hostId, isHealthy) => {
      servers.get(hostId)!.sickness = isHealthy ? null : "sick";
    },
    servingHosts: async () => NAMES.filter((name) => servers.get(name)!.admin === "ready"),
    close: async () => {},
  };
});

const missing = whyNoHaproxy();
if (missing === null) {
  for (const socket of ["unix", "tcp"] as const)
    describeTrafficRouter(`haproxy by ${socket}`, () => openHaproxy(socket));
} else {
  describe("the traffic router haproxy", () => {
    it.skip(missing, () => {});
  });
}

async function openHaproxy(socket: "unix" | "tcp"): Promise<TrafficRouterWorld> {
  const hosts = NAMES.map((name) => new WebHost(name));
  for (const host of hosts) await host.start();
  const haproxy = await HaproxyProcess.start({
    backends: { web: hosts.map(({ name, port }) => ({ name, port })) },
    socket,
  });
  const router = haproxyRouter.create({ sockets: haproxy.socket }, { now: Date.now });
  const hostOf = (hostId: string) => hosts.find(({ name }) => name === hostId)!;
  return {
    router,
    group: "web",
    openSession: async (hostId) => {
      const answer = get(haproxy.port, "/slow", { "x-server": hostId });
      await hostOf(hostId).untilHeld();
      return {
        end: async () => {
          hostOf(hostId).release();
          await answer;
        },
      };
    },
    setHealthy: async (hostId, isHealthy) => {
      hostOf(hostId).isHealthy = isHealthy;
    },
    servingHosts: async () => {
      const met = new Set<string>();
      for (let sent = 0; sent < SAMPLE; sent++) met.add(await get(haproxy.port));
      return [...met].sort();
    },
    close: async () => {
      await haproxy.stop();
      for (const host of hosts) await host.stop();
    },
  };
}
