import { Gauge, type Registry } from "prom-client";
import type { OpenStore } from "../store/open-store.ts";

/** Container services of this server, and their tasks. */
export function addServiceMetrics(registry: Registry, { db }: Pick<OpenStore, "db">): void {
  const registers = [registry];
  new Gauge({
    name: "sluice_services",
    help: "Container services of this server by status, as DescribeServices reports it",
    labelNames: ["status"],
    registers,
    async collect() {
      this.reset();
      const rows = await db
        .selectFrom("ecs_services")
        .select((expression) => ["status", expression.fn.countAll<number>().as("count")])
        .groupBy("status")
        .execute();
      for (const { status, count } of rows) this.set({ status }, Number(count));
    },
  });
  new Gauge({
    name: "sluice_tasks",
    help: "Tasks of container services by last status, as DescribeTasks reports it; those that stopped within the last hour too",
    labelNames: ["status"],
    registers,
    async collect() {
      this.reset();
      const rows = await db
        .selectFrom("ecs_tasks")
        .select((expression) => ["last_status", expression.fn.countAll<number>().as("count")])
        .groupBy("last_status")
        .execute();
      for (const { last_status: status, count } of rows) this.set({ status }, Number(count));
    },
  });
  new Gauge({
    name: "sluice_failed_tasks",
    help: "Tasks that ended although they were wanted, of the task sets that there are",
    registers,
    async collect() {
      const row = await db
        .selectFrom("ecs_task_sets")
        .select((expression) => expression.fn.sum<number>("failed_tasks").as("count"))
        .executeTakeFirst();
      this.set(Number(row?.count ?? 0));
    },
  });
}
