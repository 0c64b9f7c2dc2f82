import { fork } from "node:child_process";
import { join } from "node:path";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";

export interface SimulatorOrder {
  readonly server: string;
  readonly token: string;
  readonly count: number;
  readonly tag: Tag;
  /** Lines that each event prints; absent: none. */
  readonly linesPerEvent?: number;
  /** What the hosts' names begin with; absent: simulated. */
  readonly prefix?: string;
  /** Addresses that the hosts' connections come from in turn; absent: the system's choice. */
  readonly localAddresses?: readonly string[];
  /** How long each event takes on a host; absent: no time. */
  readonly eventMilliseconds?: number;
}

export type SimulatorRequest = SimulatorOrder | "count" | { readonly silence: number };

/** Since the start. */
export interface SimulatorCounts {
  readonly completed: number;
  readonly requests: number;
  /** Requests without a usable answer, which were repeated. */
  readonly failures: number;
  /** Heartbeats without an answer in time. */
  readonly lateHeartbeats: number;
  readonly lastFailure: string;
  readonly processorSeconds: number;
}

export interface SimulatedHosts {
  count(): Promise<SimulatorCounts>;
  /** The first `hosts` of them fall silent for good, as if their machines had lost power. */
  silence(hosts: number): Promise<void>;
  close(): Promise<void>;
}

/** Plays `count` hosts from a process of its own. Resolves when all of them have enrolled and poll. */
export async function startSimulatedHosts(order: SimulatorOrder): Promise<SimulatedHosts> {
  const child = fork(join(import.meta.dirname, "simulated-hosts-process.ts"), { execArgv: [] });
  const answer = <T>(request: SimulatorRequest) =>
    new Promise<T>((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`the simulated hosts ended with ${code}`));
      child.once("exit", onExit);
      child.once("message", (message) => {
        child.off("exit", onExit);
        resolve(message as T);
      });
      child.send(request);
    });
  await answer(order);
  return {
    count: () => answer<SimulatorCounts>("count"),
    silence: (hosts) => answer<void>({ silence: hosts }),
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) resolve();
        child.once("exit", () => resolve());
        child.disconnect();
      }),
  };
}
