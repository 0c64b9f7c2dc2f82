import { joinBalancers } from "@sluice/engine/ports/join-balancers.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** One host in one group. Sessions and health are the test's to change; `admin` is what the router has made of it. */
export interface MemoryServer {
  admin: "ready" | "drain" | "maintenance";
  sessions: number;
  /** Null: its health check passes; else the reason why not. */
  sickness: string | null;
  /** Epoch milliseconds; null when it does not drain. */
  drainingSince: number | null;
}

export interface MemoryTrafficRouterDependencies {
  /** Group to host id to server. Read at every call. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, MemoryServer>>;
  readonly drainMilliseconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const RETRY_AFTER_MILLISECONDS = 10;

export function newMemoryServer(): MemoryServer {
  return { admin: "ready", sessions: 0, sickness: null, drainingSince: null };
}

/** A balancer in memory, for tests and simulations. */
export const memoryTrafficRouter: Driver<"traffic-router", NoSettings, MemoryTrafficRouterDependencies, TrafficRouter> =
  {
    port: "traffic-router",
    name: "memory",
    create: (_settings, dependencies) => ({
      block: async (host, signal) =>
        bringAbout(host, dependencies, signal, (server) =>
          block(server, dependencies.drainMilliseconds, dependencies.now()),
        ),
      allow: async (host, signal) => bringAbout(host, dependencies, signal, allow),
      observe: async (host, signal) => {
        signal.throwIfAborted();
        return host.groups.map((group) => ({ group, ...describe(host, group, dependencies) }));
      },
    }),
  };

/** Undefined when it is so, else what is waited for. */
function block(server: MemoryServer, drainMilliseconds: number, now: number): string | undefined {
  if (server.admin === "ready") server.admin = "drain";
  server.drainingSince ??= now;
  const isOver = server.sessions === 0 || now >= server.drainingSince + drainMilliseconds;
  if (!isOver) return `${server.sessions} sessions open`;
  server.admin = "maintenance";
  return undefined;
}

/** A sick host stays without traffic until its health check passes. */
function allow(server: MemoryServer): string | undefined {
  server.drainingSince = null;
  if (server.sickness === null) server.admin = "ready";
  else if (server.admin === "maintenance") server.admin = "drain";
  return server.sickness ?? undefined;
}

function bringAbout(
  host: RoutedHost,
  { groups }: MemoryTrafficRouterDependencies,
  signal: AbortSignal,
  step: (server: MemoryServer) => string | undefined,
): PortOutcome {
  signal.throwIfAborted();
  const missing = host.groups.filter((group) => !groups.get(group)?.has(host.hostId));
  if (missing.length > 0) {
    return { outcome: "failed", reason: `there is no ${host.hostId} in ${missing.join(", ")}` };
  }
  const outcomes = host.groups.map((group): PortOutcome => {
    const detail = step(groups.get(group)!.get(host.hostId)!);
    if (detail === undefined) return { outcome: "done" };
    return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail };
  });
  return joinBalancers(outcomes);
}

function describe(
  host: RoutedHost,
  group: string,
  { groups }: MemoryTrafficRouterDependencies,
): Omit<HostTraffic, "group"> {
  const server = groups.get(group)?.get(host.hostId);
  if (!server) return { state: "unknown", detail: `there is no ${host.hostId} in ${group}` };
  const detail = `${server.sessions} sessions open`;
  if (server.admin === "maintenance") return { state: "blocked", detail };
  if (server.sickness !== null) return { state: "unhealthy", detail: server.sickness };
  return { state: server.admin === "drain" ? "draining" : "serving", detail };
}
