import { type Fleet, type FleetHost, selectHosts } from "@sluice/engine/ports/fleet.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface EnrolledFleetDependencies {
  /** Every host that is not retired, alive or not. */
  readonly listHosts: (signal: AbortSignal) => Promise<readonly FleetHost[]>;
}

/** The hosts that this installation knows: enrolled, declared and registered ones. */
export const enrolledFleet: Driver<"fleet", NoSettings, EnrolledFleetDependencies, Fleet> = {
  port: "fleet",
  name: "enrolled",
  create: (_settings, { listHosts }) => ({
    resolveTargets: async (selection, signal) => {
      signal.throwIfAborted();
      return selectHosts(await listHosts(signal), selection);
    },
  }),
};
