import type { HostState } from "@sluice/wire/sluice/operations.ts";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { countUndelivered } from "../store/deliveries.ts";
import type { Store } from "../store/open-store.ts";

export interface MetricsDependencies {
  readonly store: Store;
  readonly countHosts: () => Promise<ReadonlyMap<HostState, number>>;
  readonly waitingPolls: () => number;
}

/** Hosts that were removed are history, not a state to watch. */
const HOST_STATES: readonly HostState[] = ["declared", "alive", "dark"];

/** What Prometheus reads. Values are looked up when it asks, so none can go stale. */
export function createMetrics({ store, countHosts, waitingPolls }: MetricsDependencies) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "sluice_hosts",
    help: "Hosts by state: declared (never enrolled), alive, dark (silent beyond the grace)",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      const counts = await countHosts();
      for (const state of HOST_STATES) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  new Gauge({
    name: "sluice_deployments",
    help: "Deployments by status, as GetDeployment reports it",
    labelNames: ["status"],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await store.db
        .selectFrom("deployments")
        .select((expression) => ["status", expression.fn.countAll<number>().as("count")])
        .groupBy("status")
        .execute();
      for (const { status, count } of rows) this.set({ status }, Number(count));
    },
  });
  new Gauge({
    name: "sluice_quarantined_deployments",
    help: "Deployments set aside after an internal error; each needs a person",
    registers: [registry],
    async collect() {
      const row = await store.db
        .selectFrom("deployments")
        .select((expression) => expression.fn.countAll<number>().as("count"))
        .where("quarantined", "is not", null)
        .executeTakeFirst();
      this.set(Number(row?.count ?? 0));
    },
  });
  new Gauge({
    name: "sluice_rolled_back_groups",
    help: "Groups whose last rollout was rolled back and not put right or acknowledged since",
    registers: [registry],
    async collect() {
      const row = await store.db
        .selectFrom("deployment_groups")
        .select((expression) => expression.fn.countAll<number>().as("count"))
        .where("rolled_back_json", "is not", null)
        .executeTakeFirst();
      this.set(Number(row?.count ?? 0));
    },
  });
  new Gauge({
    name: "sluice_trigger_deliveries",
    help: "Trigger messages by status: pending (being sent or tried again), failed (given up; sluice triggers replay)",
    labelNames: ["status"],
    registers: [registry],
    async collect() {
      const { pending, failed } = await countUndelivered(store);
      this.set({ status: "pending" }, pending);
      this.set({ status: "failed" }, failed);
    },
  });
  new Gauge({
    name: "sluice_waiting_polls",
    help: "Hosts whose poll is being held",
    registers: [registry],
    collect() {
      this.set(waitingPolls());
    },
  });
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}
