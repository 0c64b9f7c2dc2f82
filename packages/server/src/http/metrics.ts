import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { AuditWriter } from "../audit/audit-writer.ts";
import type { FunctionCounts } from "../functions/function-counts.ts";
import type { Hearing } from "../hosts/hearing.ts";
import type { RetentionStatus } from "../retention/retention.ts";
import { countUndelivered } from "../store/deliveries.ts";
import { addFunctionMetrics } from "./function-metrics.ts";
import { addOperationsMetrics, type OperationsMetricsParts } from "./operations-metrics.ts";
import { addRequestBodyMetrics } from "./request-body-metrics.ts";
import { addRetentionMetrics } from "./retention-metrics.ts";
import { addServiceMetrics } from "./service-metrics.ts";
import { sharedAnswer } from "./shared-answer.ts";
import type { UnprovedBodies } from "./unproved-bodies.ts";

export interface MetricsDependencies extends OperationsMetricsParts {
  readonly countHosts: () => Promise<ReadonlyMap<HostState, number>>;
  readonly waitingPolls: () => number;
  readonly hearing: Pick<Hearing, "deafness" | "gapMilliseconds">;
  readonly unprovedBodies: UnprovedBodies;
  readonly retention: () => RetentionStatus;
  readonly audit: Pick<AuditWriter, "linesWritten" | "linesLost">;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What scripts' output takes on the disk; undefined until it was counted. */
  readonly logBytes: () => number | undefined;
  /** Undefined: this server runs no functions. */
  readonly functions: (() => FunctionCounts) | undefined;
}

/** Counting costs queries over every deployment: not once for each who asks. */
const METRICS_KEPT_MILLISECONDS = 1_000;

/** Hosts that were removed are history, not a state to watch. */
const HOST_STATES: readonly HostState[] = ["declared", "enrolled", "alive", "dark", "unknown"];

/** What Prometheus reads. Values are looked up when it asks, so none is older than a second. */
export function createMetrics({
  store,
  countHosts,
  waitingPolls,
  hearing,
  unprovedBodies,
  retention,
  audit,
  now,
  logBytes,
  functions,
  ...operations
}: MetricsDependencies) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "sluice_build_info",
    help: "Always 1; the label says which version runs",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version: SLUICE_VERSION }, 1);
  new Gauge({
    name: "sluice_hosts",
    help: "Hosts by state: declared (never enrolled), enrolled (its agent has never polled), alive, dark (silent beyond the grace), unknown (the server was down or received no heartbeats)",
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
      // Zero from the start: what begins with the first failure shows no growth.
      for (const status of ENUMS.DeploymentStatus) this.set({ status }, 0);
      for (const { status, count } of rows) this.set({ status }, Number(count));
    },
  });
  new Gauge({
    name: "sluice_quarantined_deployments",
    help: "Deployments ended by an internal error; check each",
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
    help: "Groups whose last rollout was rolled back and with no successful deployment or acknowledgement since",
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
    help: "Trigger messages by status: pending (being sent or retried), failed (not delivered; sluice triggers replay)",
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
    help: "Hosts with an open poll",
    registers: [registry],
    collect() {
      this.set(waitingPolls());
    },
  });
  new Gauge({
    name: "sluice_hearing",
    help: "1: the server proves that it receives heartbeats; 0: it has not for ten seconds, and no host counts as silent in that time",
    registers: [registry],
    collect() {
      this.set(hearing.deafness(now()) === null ? 1 : 0);
    },
  });
  new Counter({
    name: "sluice_hearing_gap_seconds_total",
    help: "Time in which the server could not prove that it receives heartbeats",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(hearing.gapMilliseconds(now()) / 1000);
    },
  });
  new Counter({
    name: "sluice_audit_lines_total",
    help: "Lines written to the audit",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(audit.linesWritten);
    },
  });
  new Counter({
    name: "sluice_audit_lines_lost_total",
    help: "Lines of the audit that could not be written: its disk is full, broken or too slow; the log says which",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(audit.linesLost);
    },
  });
  addOperationsMetrics(registry, { store, ...operations });
  addRequestBodyMetrics(registry, unprovedBodies);
  addServiceMetrics(registry, store);
  if (functions) addFunctionMetrics(registry, store, functions);
  addRetentionMetrics(registry, { store, retention, now, logBytes });
  const collect = async () => ({ contentType: registry.contentType, text: await registry.metrics() });
  return sharedAnswer(collect, METRICS_KEPT_MILLISECONDS, now);
}
