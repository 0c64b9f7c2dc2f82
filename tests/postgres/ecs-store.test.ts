import { TASK_DEFINITION } from "@sluice/server/store/columns/ecs-columns.ts";
import {
  changeCluster,
  countInCluster,
  findCluster,
  listClusterNames,
  putCluster,
} from "@sluice/server/store/ecs/clusters.ts";
import {
  forgetInactiveServices,
  forgetTasks,
  INACTIVE_SERVICE_KEPT_MILLISECONDS,
} from "@sluice/server/store/ecs/expired-tasks.ts";
import {
  clusterRow,
  containerDefinition,
  serviceRow,
  taskDefinitionRow,
  taskRow,
  taskSetRow,
} from "@sluice/server/store/ecs/rows.fixture.ts";
import { appendServiceEvent, eventsOfServices, MAX_SERVICE_EVENTS } from "@sluice/server/store/ecs/service-events.ts";
import {
  changeService,
  findService,
  findServicesById,
  insertService,
  listLivingServices,
  listServicesOfCluster,
  lockService,
} from "@sluice/server/store/ecs/services.ts";
import {
  changeTaskDefinition,
  findTaskDefinition,
  insertTaskDefinition,
  listFamilies,
  listTaskDefinitions,
  newestActiveTaskDefinition,
  nextRevision,
} from "@sluice/server/store/ecs/task-definitions.ts";
import {
  changeTaskSet,
  findTaskSet,
  insertTaskSet,
  removeTaskSetRow,
  taskSetsOfServices,
} from "@sluice/server/store/ecs/task-sets.ts";
import {
  changeTask,
  countTasks,
  findTasks,
  insertTasks,
  listTaskIds,
  tasksOfServices,
} from "@sluice/server/store/ecs/tasks.ts";
import type { WriteTransaction } from "@sluice/server/store/group-commit.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { isUniqueViolation } from "@sluice/server/store/unique-violation.ts";
import { WakeFeed } from "@sluice/server/store/wake-feed.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import { NOON } from "./store.fixture.ts";

const SERVICE = { clusterName: "prod", serviceName: "web" };
const NO_LIMIT = 1_000;

describe.each(["sqlite", "postgres"] as const)("containers in the store on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let postgres: PostgresCluster | undefined;
  let store: Store;

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) postgres = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    store = await openStore({ dataDirectory: ":memory:", databaseUrl: await postgres?.newDatabase() });
  });
  afterEach(async () => {
    if (!whyNot) await store.close();
  });
  afterAll(async () => {
    await postgres?.stop();
  });

  const write = <T>(work: (db: WriteTransaction["db"]) => Promise<T>) => store.write(({ db }) => work(db));
  const isTaken = async (writing: Promise<unknown>) => isUniqueViolation(await writing.catch((error) => error));

  it("keeps clusters, and takes the name of one that was deleted again", async () => {
    await write((db) => putCluster(db, clusterRow({ created_at: NOON })));
    await write((db) => putCluster(db, clusterRow({ cluster_name: "beta" })));
    await write((db) => changeCluster(db, "prod", { status: "INACTIVE" }));
    expect(await listClusterNames(store.db, "", NO_LIMIT)).toEqual(["beta"]);
    expect(await findCluster(store.db, "prod")).toMatchObject({ status: "INACTIVE", created_at: NOON });
    await write((db) => putCluster(db, clusterRow({ created_at: NOON + 1 })));
    expect(await findCluster(store.db, "prod")).toMatchObject({ status: "ACTIVE", created_at: NOON + 1 });
    expect(await listClusterNames(store.db, "beta", NO_LIMIT)).toEqual(["prod"]);
    expect(await findCluster(store.db, "none")).toBeUndefined();
  });

  it("counts what a cluster has", async () => {
    await write(async (db) => {
      await insertService(db, serviceRow());
      await insertService(db, serviceRow({ service_id: "s-2", service_name: "old", status: "INACTIVE" }));
      await insertTasks(db, [
        taskRow({ task_id: "a", last_status: "RUNNING" }),
        taskRow({ task_id: "b", last_status: "PROVISIONING" }),
        taskRow({ task_id: "c", last_status: "ACTIVATING" }),
        taskRow({ task_id: "d", last_status: "STOPPED" }),
        taskRow({ task_id: "e", last_status: "RUNNING", cluster_name: "beta" }),
      ]);
    });
    expect(await countInCluster(store.db, "prod")).toEqual({ services: 1, tasks: 3, runningTasks: 1, pendingTasks: 2 });
  });

  describe("task definitions", () => {
    const register = (family: string, revision: number) =>
      write((db) => insertTaskDefinition(db, taskDefinitionRow({ family, revision })));

    it("count up, and never use a revision again", async () => {
      expect(await nextRevision(store.db, "web")).toBe(1);
      await register("web", 1);
      await register("web", 2);
      await write((db) =>
        changeTaskDefinition(db, { family: "web", revision: 2 }, { status: "INACTIVE", deregistered_at: NOON }),
      );
      expect(await nextRevision(store.db, "web")).toBe(3);
      expect((await newestActiveTaskDefinition(store.db, "web"))?.revision).toBe(1);
      expect(await findTaskDefinition(store.db, "web", 2)).toMatchObject({ deregistered_at: NOON });
      expect(await isTaken(register("web", 2))).toBe(true);
    });

    it("are read as they were written", async () => {
      await register("web", 1);
      const row = await findTaskDefinition(store.db, "web", 1);
      expect(TASK_DEFINITION.read(row!)).toEqual({
        networkMode: "bridge",
        containerDefinitions: [containerDefinition()],
        volumes: [],
      });
    });

    it("are listed up and down, by family and status, a page at a time", async () => {
      for (const [family, revision] of [
        ["web", 1],
        ["web", 2],
        ["web", 10],
        ["api", 1],
        ["web_x", 1],
      ] as const)
        await register(family, revision);
      const list = async (listing: Partial<Parameters<typeof listTaskDefinitions>[1]>) =>
        (
          await listTaskDefinitions(store.db, {
            status: "ACTIVE",
            isDescending: false,
            after: null,
            limit: NO_LIMIT,
            ...listing,
          })
        ).map(({ family, revision }) => `${family}:${revision}`);
      expect(await list({})).toEqual(["api:1", "web:1", "web:2", "web:10", "web_x:1"]);
      expect(await list({ isDescending: true, family: "web" })).toEqual(["web:10", "web:2", "web:1"]);
      expect(await list({ after: { family: "web", revision: 2 }, limit: 1 })).toEqual(["web:10"]);
      expect(await list({ after: { family: "web", revision: 2 }, isDescending: true })).toEqual(["web:1", "api:1"]);
      expect(await list({ status: "INACTIVE" })).toEqual([]);
    });

    it("have families, of which those without an active revision are told apart", async () => {
      for (const [family, revision] of [
        ["web", 1],
        ["web", 2],
        ["web_x", 1],
        ["webby", 1],
      ] as const)
        await register(family, revision);
      await write((db) => changeTaskDefinition(db, { family: "webby", revision: 1 }, { status: "INACTIVE" }));
      const list = (listing: Partial<Parameters<typeof listFamilies>[1]>) =>
        listFamilies(store.db, { prefix: "", status: "ALL", after: "", limit: NO_LIMIT, ...listing });
      expect(await list({ status: "ACTIVE" })).toEqual(["web", "web_x"]);
      expect(await list({ status: "INACTIVE" })).toEqual(["webby"]);
      expect(await list({ prefix: "web_" })).toEqual(["web_x"]);
      expect((await list({ after: "web" })).toSorted()).toEqual(["web_x", "webby"]);
    });
  });

  it("keeps one living service of a name, and finds the newest of those that are gone", async () => {
    await write((db) => insertService(db, serviceRow()));
    expect(await isTaken(write((db) => insertService(db, serviceRow({ service_id: "s-2" }))))).toBe(true);
    await write((db) => changeService(db, "service-1", { status: "INACTIVE", inactive_at: NOON }));
    expect(await findService(store.db, SERVICE)).toMatchObject({ service_id: "service-1", inactive_at: NOON });
    await write((db) => insertService(db, serviceRow({ service_id: "s-2", created_at: 1 })));
    await write((db) => insertService(db, serviceRow({ service_id: "s-3", service_name: "api" })));
    expect((await findService(store.db, SERVICE))?.service_id).toBe("s-2");
    const names = async (after: string, limit?: number) =>
      (await listServicesOfCluster(store.db, "prod", after, limit)).map((row) => row.service_name);
    expect(await names("")).toEqual(["api", "web"]);
    expect(await names("", 1)).toEqual(["api"]);
    expect(await names("api", NO_LIMIT)).toEqual(["web"]);
    expect((await listLivingServices(store.db)).map((row) => row.service_id)).toEqual(["s-3", "s-2"]);
    expect((await findServicesById(store.db, ["s-3", "none"])).map((row) => row.service_name)).toEqual(["api"]);
    expect((await store.write((transaction) => lockService(transaction, "s-2")))?.service_name).toBe("web");
  });

  it("keeps one task set for each external id of a service", async () => {
    await write(async (db) => {
      await insertTaskSet(db, taskSetRow({ task_set_id: "b", created_at: 2, external_id: "d-1" }));
      await insertTaskSet(db, taskSetRow({ task_set_id: "a", created_at: 1, scale_percent: 12.5 }));
      await insertTaskSet(db, taskSetRow({ task_set_id: "c", created_at: 3 }));
    });
    const again = write((db) => insertTaskSet(db, taskSetRow({ task_set_id: "d", external_id: "d-1" })));
    expect(await isTaken(again)).toBe(true);
    await write((db) => changeTaskSet(db, "a", { status: "ACTIVE", failed_tasks: 2 }));
    await write((db) => removeTaskSetRow(db, "c"));
    const rows = await taskSetsOfServices(store.db, ["service-1", "service-2"]);
    expect(rows).toMatchObject([
      { task_set_id: "a", status: "ACTIVE", failed_tasks: 2, scale_percent: 12.5 },
      { task_set_id: "b", external_id: "d-1" },
    ]);
    expect((await findTaskSet(store.db, "b"))?.created_at).toBe(2);
  });

  it("lists and counts tasks", async () => {
    await write((db) =>
      insertTasks(db, [
        taskRow({ task_id: "a", last_status: "RUNNING", created_at: 2 }),
        taskRow({ task_id: "b", last_status: "PENDING", created_at: 1 }),
        taskRow({ task_id: "c", desired_status: "STOPPED", last_status: "STOPPED" }),
        taskRow({ task_id: "d", task_set_id: "other", service_id: "service-2", last_status: "RUNNING" }),
        taskRow({ task_id: "e", desired_status: "STOPPED", last_status: "DEACTIVATING" }),
      ]),
    );
    const list = (listing: Partial<Parameters<typeof listTaskIds>[1]>) =>
      listTaskIds(store.db, { clusterName: "prod", desiredStatus: "RUNNING", after: "", limit: NO_LIMIT, ...listing });
    expect(await list({})).toEqual(["a", "b", "d"]);
    expect(await list({ after: "a", limit: 1 })).toEqual(["b"]);
    expect(await list({ desiredStatus: "STOPPED" })).toEqual(["c", "e"]);
    expect(await list({ serviceIds: ["service-2"] })).toEqual(["d"]);
    expect(await list({ serviceIds: [] })).toEqual([]);
    expect(await list({ taskSetId: "other" })).toEqual(["d"]);
    expect(await list({ definitionPrefix: "arn:aws:ecs:us-east-1:111122223333:task-definition/web:" })).toHaveLength(3);
    expect(await list({ definitionPrefix: "arn:aws:ecs:us-east-1:111122223333:task-definition/we:" })).toEqual([]);
    const counts = await countTasks(store.db, ["service-1", "service-2"]);
    expect(counts("ecs-svc/1000000000000000001")).toEqual({ pending: 1, running: 1 });
    expect(counts("other")).toEqual({ pending: 0, running: 1 });
    expect(counts("none")).toEqual({ pending: 0, running: 0 });
    await write((db) => changeTask(db, "b", { last_status: "RUNNING", address: "172.30.0.2", started_at: NOON }));
    expect(await findTasks(store.db, ["b", "none"])).toMatchObject([{ address: "172.30.0.2", started_at: NOON }]);
    expect((await tasksOfServices(store.db, ["service-1"])).map((row) => row.task_id)).toEqual(["c", "e", "b", "a"]);
  });

  it("keeps the newest events of each service, the newest first", async () => {
    for (let number = 1; number <= MAX_SERVICE_EVENTS + 2; number += 1) {
      const event = { service_id: "service-1", event_id: `e-${number}`, at: NOON, message: `message ${number}` };
      await write((db) => appendServiceEvent(db, event));
    }
    await write((db) => appendServiceEvent(db, { service_id: "s-2", event_id: "e", at: NOON, message: "other" }));
    const events = await eventsOfServices(store.db, ["service-1"]);
    expect(events).toHaveLength(MAX_SERVICE_EVENTS);
    expect(events[0]).toMatchObject({ event_number: MAX_SERVICE_EVENTS + 2, message: "message 102" });
    expect(events.at(-1)).toMatchObject({ event_number: 3 });
  });

  it("forgets what stopped long ago, and not before", async () => {
    await write(async (db) => {
      await insertTasks(db, [
        taskRow({ task_id: "old", last_status: "STOPPED", stopped_at: NOON }),
        taskRow({ task_id: "new", last_status: "STOPPED", stopped_at: NOON + 1 }),
        taskRow({ task_id: "running", last_status: "RUNNING" }),
      ]);
      await insertService(db, serviceRow({ status: "INACTIVE", inactive_at: NOON }));
      await insertService(
        db,
        serviceRow({ service_id: "s-2", service_name: "b", status: "INACTIVE", inactive_at: NOON }),
      );
      await insertService(db, serviceRow({ service_id: "s-3", service_name: "c" }));
      await appendServiceEvent(db, { service_id: "s-2", event_id: "e", at: NOON, message: "gone" });
    });
    await write((db) => forgetTasks(db, ["old"]));
    expect(await findTasks(store.db, ["old", "new"])).toMatchObject([{ task_id: "new" }]);
    await write((db) => forgetInactiveServices(db, NOON + INACTIVE_SERVICE_KEPT_MILLISECONDS - 1));
    expect(await findServicesById(store.db, ["s-2"])).toHaveLength(1);
    // The first has a task that is listed still.
    await write((db) => forgetInactiveServices(db, NOON + INACTIVE_SERVICE_KEPT_MILLISECONDS));
    const left = await findServicesById(store.db, ["service-1", "s-2", "s-3"]);
    expect(left.map((row) => row.service_id).toSorted()).toEqual(["s-3", "service-1"]);
    expect(await eventsOfServices(store.db, ["s-2"])).toEqual([]);
  });

  it("tells who waits for it, when it is there to be read", async () => {
    const feed = new WakeFeed();
    let heard = 0;
    const stop = feed.subscribe(() => {
      heard += 1;
    });
    await store.write(async (transaction) => {
      await insertService(transaction.db, serviceRow());
      feed.publishAfter(transaction);
      expect(heard).toBe(0);
    });
    expect(heard).toBe(1);
    stop();
    feed.publish();
    expect(heard).toBe(1);
  });
});
