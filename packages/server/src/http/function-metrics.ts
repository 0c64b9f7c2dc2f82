import { Counter, Gauge, type Registry } from "prom-client";
import type { FunctionCounts } from "../functions/function-counts.ts";
import { countEvents } from "../store/lambda/events.ts";
import type { OpenStore } from "../store/open-store.ts";

/** Functions of this server: their invocations, and the processes that serve them. */
export function addFunctionMetrics(
  registry: Registry,
  { db }: Pick<OpenStore, "db">,
  counts: () => FunctionCounts,
): void {
  const registers = [registry];
  new Counter({
    name: "sluice_function_invocations_total",
    help: "Invocations of functions by outcome: answered, failed (by the function), throttled (too many at once), broken (this server had no process for it)",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts().invocations)) this.inc({ outcome }, count);
    },
  });
  new Gauge({
    name: "sluice_function_environments",
    help: "Processes that have a function loaded: busy (with an invocation), idle (kept for the next)",
    labelNames: ["state"],
    registers,
    collect() {
      const { busy, idle } = counts().environments;
      this.set({ state: "busy" }, busy);
      this.set({ state: "idle" }, idle);
    },
  });
  new Counter({
    name: "sluice_function_cold_starts_total",
    help: "Processes that were started for an invocation",
    registers,
    collect() {
      this.reset();
      this.inc(counts().environments.coldStarts);
    },
  });
  new Gauge({
    name: "sluice_function_events",
    help: "Asynchronous invocations, hooks among them, that have not ended",
    registers,
    async collect() {
      this.set(await countEvents(db));
    },
  });
}
