import type { RunnerDependencies } from "@sluice/server/runner/runner.ts";

/** The ports that differ from one platform to the next. */
export type ServerPorts = Pick<RunnerDependencies, "trafficRouter" | "hostTerminator" | "shiftPorts">;

/** One life of the server, as its ports know it. */
export interface Life {
  /** A dead process asks nobody, and hears no answer. */
  readonly whileAlive: <T>(ask: () => Promise<T>) => Promise<T>;
  readonly death: AbortSignal;
}
