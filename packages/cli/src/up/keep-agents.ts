import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { printError } from "../output.ts";
import { visibleHost } from "../terminal/printing.ts";
import type { LocalHost } from "./host-site.ts";

/** As a service manager starts a service again. Each agent that ends early makes the next wait twice as long. */
const FIRST_WAIT_MILLISECONDS = 1_000;
const LONGEST_WAIT_MILLISECONDS = 30_000;
/** An agent that ran for so long did start. */
const STEADY_MILLISECONDS = 60_000;

type KeptHost = Pick<LocalHost, "name" | "id" | "logFile" | "agent" | "restartAgent">;

export interface KeptAgents {
  /** No agent is started afterwards. Settles when none is starting any more. */
  end(): Promise<void>;
}

/** Starts agents again that end by themselves: a hook may kill its agent, and so may a machine without memory. */
export function keepAgents(hosts: readonly KeptHost[], firstWaitMilliseconds = FIRST_WAIT_MILLISECONDS): KeptAgents {
  const ending = new AbortController();
  const kept = hosts.map((host) => keep(host, firstWaitMilliseconds, ending.signal));
  return {
    end: async () => {
      ending.abort();
      await Promise.all(kept);
    },
  };
}

async function keep(host: KeptHost, firstWait: number, ending: AbortSignal): Promise<void> {
  const isOver = new Promise<"over">((resolve) => ending.addEventListener("abort", () => resolve("over")));
  let wait = firstWait;
  while (!ending.aborted) {
    const beganAt = performance.now();
    const status = await Promise.race([host.agent.ended, isOver]);
    if (ending.aborted) return;
    if (performance.now() - beganAt > STEADY_MILLISECONDS) wait = firstWait;
    const label = visibleHost(host.name, host.id);
    printError(`${label}: its agent has stopped (${status}), and is started again. See ${host.logFile}`);
    await sleep(wait, undefined, { signal: ending }).catch(() => {});
    wait = Math.min(wait * 2, LONGEST_WAIT_MILLISECONDS);
    if (ending.aborted) return;
    try {
      await host.restartAgent();
    } catch (error) {
      printError(`${label}: its agent could not be started again: ${reasonOf(error)}`);
      return;
    }
  }
}
