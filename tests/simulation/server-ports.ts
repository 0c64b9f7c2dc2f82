import type { HostAgent } from "@sluice/server/hosts/host-observer.ts";
import type { RunnerDependencies } from "@sluice/server/runner/runner.ts";

/** The ports that differ from one platform to the next. */
export type ServerPorts = Pick<RunnerDependencies, "trafficRouter" | "hostTerminator" | "shiftPorts"> & {
  /** Whose agents hosts have, given what the server has heard of them; absent: what it has heard. */
  readonly agentsOf?: (heard: ReadonlyMap<string, HostAgent>) => ReadonlyMap<string, HostAgent>;
};

/** One life of the server, as its ports know it. */
export interface Life {
  /** A dead process asks nobody, and hears no answer. */
  readonly whileAlive: <T>(ask: () => Promise<T>) => Promise<T>;
  readonly death: AbortSignal;
}
