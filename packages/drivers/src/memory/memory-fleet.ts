import { type Fleet, type FleetHost, selectHosts } from "@sluice/engine/ports/fleet.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryFleetDependencies {
  /** Read at every call, so a test may add hosts and take them away. */
  readonly hosts: readonly FleetHost[];
}

/** Hosts in a list, for tests and simulations. */
export const memoryFleet: Driver<"fleet", NoSettings, MemoryFleetDependencies, Fleet> = {
  port: "fleet",
  name: "memory",
  create: (_settings, { hosts }) => ({
    resolveTargets: async (selection, signal) => {
      signal.throwIfAborted();
      return selectHosts(hosts, selection);
    },
  }),
};
