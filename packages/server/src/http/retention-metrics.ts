import { Counter, Gauge, type Registry } from "prom-client";
import type { RetentionStatus } from "../retention/retention.ts";
import type { OpenStore } from "../store/open-store.ts";

export interface RetentionMetricsParts {
  readonly store: OpenStore;
  readonly retention: () => RetentionStatus;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What hooks printed takes on the disk; undefined until it was counted after a start. */
  readonly logBytes: () => number | undefined;
}

/** How much is kept, and whether what is too old goes. */
export function addRetentionMetrics(
  registry: Registry,
  { store, retention, now, logBytes }: RetentionMetricsParts,
): void {
  const registers = [registry];
  new Counter({
    name: "sluice_pruned_deployments_total",
    help: "Deployments removed by the retention of sluice.yml",
    registers,
    collect() {
      this.reset();
      this.inc(retention().prunedDeployments);
    },
  });
  new Counter({
    name: "sluice_prune_failures_total",
    help: "Prune runs that failed; the server's log has the error",
    registers,
    collect() {
      this.reset();
      this.inc(retention().failures);
    },
  });
  new Gauge({
    name: "sluice_prune_last_run_timestamp_seconds",
    help: "When a prune run last finished; 0: not since the server started",
    registers,
    collect() {
      this.set((retention().lastRunAt ?? 0) / 1000);
    },
  });
  new Gauge({
    name: "sluice_database_bytes",
    help: "Size of the database: of SQLite's file, or of the PostgreSQL database",
    registers,
    async collect() {
      this.set(await store.space.bytes());
    },
  });
  new Gauge({
    name: "sluice_log_bytes",
    help: "Size of what hooks printed, on the disk; 0 until it was counted after a start",
    registers,
    collect() {
      this.set(logBytes() ?? 0);
    },
  });
  new Gauge({
    name: "sluice_oldest_deployment_age_seconds",
    help: "Time since the oldest deployment that is kept was created; 0 when there is none",
    registers,
    async collect() {
      const row = await store.db
        .selectFrom("deployments")
        .select((expression) => expression.fn.min("created_at").as("oldest"))
        .executeTakeFirst();
      this.set(row?.oldest == null ? 0 : (now() - Number(row.oldest)) / 1000);
    },
  });
}
