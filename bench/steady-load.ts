import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./answered.ts";
import { median } from "./statistics.ts";

/**
 * A process that sends requests at a rate, whether or not those before were answered: a balancer that stops for a moment is met by all that
 * were sent meanwhile. It keeps its connections, and repeats nothing.
 */
export type SteadyLoadOrder =
  | { readonly begin: { readonly port: number; readonly perSecond: number } }
  | { readonly end: true };

export interface SteadyLoadResult {
  readonly answered: number;
  /** By why they were lost. */
  readonly lost: Readonly<Record<string, number>>;
  /** Seconds. */
  readonly latency: { readonly median: number; readonly worst: number };
}

const TICK_MILLISECONDS = 5;
const CONNECTIONS = 256;

let latencies: number[] = [];
let lost: Record<string, number> = {};
let isOver = true;
let running = Promise.resolve();
const inFlight = new Set<Promise<void>>();

async function send(port: number, agent: Agent): Promise<void> {
  const start = performance.now();
  try {
    await ask({ port, agent });
    latencies.push((performance.now() - start) / 1000);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    lost[reason] = (lost[reason] ?? 0) + 1;
  }
}

async function load(port: number, perSecond: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const start = performance.now();
  for (let sent = 0; !isOver; ) {
    for (const due = ((performance.now() - start) / 1000) * perSecond; sent < due; sent++) {
      const sending = send(port, agent).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
    await sleep(TICK_MILLISECONDS);
  }
  await Promise.all(inFlight);
  agent.destroy();
}

async function obey(order: SteadyLoadOrder): Promise<SteadyLoadResult | object> {
  if ("begin" in order) {
    latencies = [];
    lost = {};
    isOver = false;
    running = load(order.begin.port, order.begin.perSecond);
    return {};
  }
  isOver = true;
  await running;
  const highest = latencies.reduce((high, each) => Math.max(high, each), 0);
  return { answered: latencies.length, lost, latency: { median: median(latencies), worst: highest } };
}

process.on("message", (order: SteadyLoadOrder) => {
  void obey(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));
