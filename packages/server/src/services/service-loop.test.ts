import { newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NO_BALANCER, type TargetHealth, type TargetListener } from "../balancing/target-health.ts";
import { eventsOfServices } from "../store/ecs/service-events.ts";
import { changeService } from "../store/ecs/services.ts";
import { changeTaskSet, insertTaskSet, taskSetsOfServices } from "../store/ecs/task-sets.ts";
import { changeTask } from "../store/ecs/tasks.ts";
import { BLUE, LocalWorld } from "./local-services.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 10 };

let world: LocalWorld;
beforeEach(async () => {
  world = new LocalWorld();
});
afterEach(() => world.close());

const statuses = async () => (await world.tasks()).map(({ last_status }) => last_status);
const isSteady = () =>
  vi.waitFor(async () => {
    const [taskSet] = await world.taskSets();
    expect(taskSet?.stability).toBe("STEADY_STATE");
  }, WITHIN);
const messages = async () =>
  (await eventsOfServices(world.store.db, ["service-1"])).map(({ message }) => message).reverse();

it("brings a service up, and writes down what it did", async () => {
  await world.open();
  await isSteady();
  expect(await statuses()).toEqual(["RUNNING", "RUNNING"]);
  expect(world.running()).toHaveLength(2);
  expect(world.running()[0]?.plan.labels).toEqual({
    "sluice.cluster": "prod",
    "sluice.service": "web",
    "sluice.task-set": BLUE,
    "sluice.task-definition": "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1",
  });
  expect(await messages()).toEqual([
    expect.stringMatching(/has started 2 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/),
    `(service web, taskSet ${BLUE}) has reached a steady state.`,
  ]);
  expect(world.told).toEqual([]);
});

it("replaces a task that ended, and goes on with the others", async () => {
  await world.open();
  await isSteady();
  const [first, second] = world.running();
  world.kill(first!, 9);
  await vi.waitFor(() => expect(world.running()).toHaveLength(2), WITHIN);
  expect(world.running()).toContain(second);
  await isSteady();
  expect((await world.taskSets())[0]?.failed_tasks).toBe(1);
  expect((await statuses()).toSorted()).toEqual(["RUNNING", "RUNNING", "STOPPED"]);
});

it("finds everything again after a restart, and starts nothing twice", async () => {
  await world.open();
  await isSteady();
  const before = world.containers.map(({ containerId }) => containerId);
  await world.restartLoop();
  await world.store.write(async (transaction) => {
    await changeService(transaction.db, "service-1", { desired_count: 3 });
    world.changes.publishAfter(transaction);
  });
  await vi.waitFor(() => expect(world.running()).toHaveLength(3), WITHIN);
  expect(world.containers.slice(0, 2).map(({ containerId }) => containerId)).toEqual(before);
  expect(new Set(world.starts).size).toBe(world.starts.length);
});

it("sees at its start what ended while it was away", async () => {
  await world.open();
  await isSteady();
  await world.loop.close();
  world.kill(world.running()[0]!, 1);
  world.startLoop();
  await vi.waitFor(async () => expect((await world.taskSets())[0]?.failed_tasks).toBe(1), WITHIN);
  await vi.waitFor(() => expect(world.running()).toHaveLength(2), WITHIN);
});

it("starts what was written down and not done before the server died", async () => {
  world.trouble = "no engine";
  await world.open();
  await vi.waitFor(() => expect(world.told.join()).toContain("no engine"), WITHIN);
  await world.loop.close();
  world.trouble = undefined;
  world.startLoop();
  await isSteady();
  expect(world.running()).toHaveLength(2);
});

it("counts nothing as failed while the engine is away, and says so once", async () => {
  await world.open();
  await isSteady();
  world.trouble = "connect ENOENT /var/run/docker.sock";
  world.announce();
  await vi.waitFor(async () => {
    expect((await messages()).at(-1)).toBe(
      "(service web) was unable to place a task. Reason: the container engine cannot be reached: connect ENOENT /var/run/docker.sock.",
    );
  }, WITHIN);
  world.changes.publish();
  world.trouble = undefined;
  await vi.waitFor(() => expect(world.told.join()).toContain("can be reached again"), WITHIN);
  expect(world.running()).toHaveLength(2);
  expect((await world.taskSets())[0]?.failed_tasks).toBe(0);
  expect((await messages()).filter((message) => message.includes("cannot be reached"))).toHaveLength(1);
});

it("tries a start again that the engine did not answer, without a failed task", async () => {
  await world.open();
  await isSteady();
  const start = vi.spyOn(world.engine, "start");
  start.mockRejectedValueOnce(new Error("socket hang up"));
  world.kill(world.running()[0]!);
  await vi.waitFor(() => expect(world.running()).toHaveLength(2), WITHIN);
  expect(start.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect((await world.taskSets())[0]?.failed_tasks).toBe(1);
});

it("tells of an image that is not there, and waits longer each time", async () => {
  world.behave = () => undefined;
  await world.open();
  await vi.waitFor(async () => expect((await world.taskSets())[0]?.failed_tasks).toBeGreaterThanOrEqual(4), WITHIN);
  const [first] = await world.tasks();
  expect(first).toMatchObject({
    last_status: "STOPPED",
    stop_code: "TaskFailedToStart",
    stopped_reason: "CannotPullContainerError: no such image: web",
  });
  expect((await world.tasks()).length).toBe(Number((await world.taskSets())[0]?.failed_tasks));
});

it("stops and removes containers of this installation that no task has", async () => {
  await world.open();
  await isSteady();
  const { plan } = world.running()[0]!;
  await world.engine.start({ ...plan, taskId: "f".repeat(32) }, new AbortController().signal);
  await vi.waitFor(
    () => expect(world.containers.map((container) => container.plan.taskId)).not.toContain("f".repeat(32)),
    WITHIN,
  );
  expect(world.running()).toHaveLength(2);
});

it("gives up a pull when its task is to stop", async () => {
  world.behave = () => newMemoryBehaviour({ pullMilliseconds: 3_600_000 });
  await world.open();
  await vi.waitFor(async () => expect(await statuses()).toEqual(["PENDING", "PENDING"]), WITHIN);
  await world.store.write(async (transaction) => {
    await changeService(transaction.db, "service-1", { desired_count: 0 });
    world.changes.publishAfter(transaction);
  });
  await vi.waitFor(async () => expect(await statuses()).toEqual(["STOPPED", "STOPPED"]), WITHIN);
  expect(world.containers).toEqual([]);
});

it("runs a second task set beside the first, and removes it when it drains", async () => {
  await world.open();
  await isSteady();
  const green = "ecs-svc/1000000000000000002";
  await world.store.write(async (transaction) => {
    await insertTaskSet(transaction.db, world.newTaskSet({ task_set_id: green, status: "ACTIVE", created_at: 1 }));
    world.changes.publishAfter(transaction);
  });
  await vi.waitFor(() => expect(world.running()).toHaveLength(4), WITHIN);
  await world.store.write(async (transaction) => {
    await changeTaskSet(transaction.db, green, { status: "DRAINING" });
    world.changes.publishAfter(transaction);
  });
  await vi.waitFor(async () => expect(await world.taskSets()).toHaveLength(1), WITHIN);
  expect(world.running()).toHaveLength(2);
});

it("waits for the balancer before it stops a task, and before a set is steady", async () => {
  let state: "initial" | "healthy" = "initial";
  let isDrained = false;
  const listeners = new Set<TargetListener>();
  const targets: TargetHealth = {
    isThere: true,
    ofTask: () => ({ state, detail: "", sessions: 1 }),
    isDrained: () => isDrained,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake() {},
  };
  const say = () => {
    for (const listener of listeners) listener(null);
  };
  world.targets = targets;
  await world.open();
  await vi.waitFor(async () => expect(await statuses()).toEqual(["RUNNING", "RUNNING"]), WITHIN);
  expect((await world.taskSets())[0]?.stability).toBe("STABILIZING");
  state = "healthy";
  say();
  await isSteady();
  const [task] = await world.tasks();
  await world.store.write(async (transaction) => {
    await changeTask(transaction.db, task!.task_id, {
      desired_status: "STOPPED",
      stop_code: "UserInitiated",
      stopped_reason: "bye",
    });
    world.changes.publishAfter(transaction);
  });
  await vi.waitFor(async () => expect(await statuses()).toEqual(["DEACTIVATING", "RUNNING", "RUNNING"]), WITHIN);
  expect(world.running()).toHaveLength(3);
  isDrained = true;
  say();
  await vi.waitFor(async () => expect(await statuses()).toEqual(["STOPPED", "RUNNING", "RUNNING"]), WITHIN);
});

it("looks at the services only of which the balancer has news", async () => {
  let tell: TargetListener = () => {};
  const looked: string[] = [];
  world.targets = {
    ...NO_BALANCER,
    isThere: true,
    ofTask: (_group, taskId) => {
      looked.push(taskId);
      return { state: "healthy", detail: "", sessions: 0 };
    },
    subscribe: (listener) => {
      tell = listener;
      return () => {};
    },
  };
  await world.open();
  await world.store.write(({ db }) => insertServiceTwo(db));
  world.changes.publish();
  await isSteady();
  const ofTwo = () => world.running().filter(({ plan }) => plan.labels["sluice.service"] === "two");
  await vi.waitFor(() => expect(ofTwo()).toHaveLength(1), WITHIN);
  const [two] = ofTwo();
  await vi.waitFor(async () => {
    const [taskSet] = await taskSetsOfServices(world.store.db, ["service-2"]);
    expect(taskSet?.stability).toBe("STEADY_STATE");
  }, WITHIN);
  // Its own changes may still have it look at all of them meanwhile.
  await vi.waitFor(async () => {
    looked.length = 0;
    tell(new Set(["192.0.2.1:80", two!.plan.taskId]));
    await vi.waitFor(() => expect(looked).not.toEqual([]), WITHIN);
    expect(new Set(looked)).toEqual(new Set([two!.plan.taskId]));
  }, WITHIN);
});

it("keeps the other services going past one that cannot be read", async () => {
  await world.open();
  await isSteady();
  await world.store.write(({ db }) =>
    insertServiceTwo(db).then(() => changeService(db, "service-1", { definition_json: "{" as never })),
  );
  world.changes.publish();
  await vi.waitFor(
    () => expect(world.running().filter(({ plan }) => plan.labels["sluice.service"] === "two")).toHaveLength(1),
    WITHIN,
  );
  expect(world.told.join()).toContain("ecs_services.definition_json");
});

async function insertServiceTwo(db: Parameters<typeof insertTaskSet>[0]): Promise<void> {
  const [one] = await db.selectFrom("ecs_services").selectAll().execute();
  await db
    .insertInto("ecs_services")
    .values({ ...one!, service_id: "service-2", service_name: "two", desired_count: 1 })
    .execute();
  await insertTaskSet(db, world.newTaskSet({ task_set_id: "ecs-svc/1000000000000000009", service_id: "service-2" }));
}

it("begins as soon as it has seen an engine that has nothing, however long that takes", async () => {
  const list = world.engine.list;
  vi.spyOn(world.engine, "list").mockImplementation(async (signal) => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return list(signal);
  });
  await world.open();
  await isSteady();
});
