import {
  changeServer,
  type MemoryBalancer,
  memoryBalancer,
  newMemoryBalancer,
} from "@sluice/drivers/memory/memory-balancer.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import type { BalancedTask } from "../store/elb/balanced-tasks.ts";
import { readBalancingRows } from "../store/elb/balancing-rows.ts";
import { saveListener } from "../store/elb/listeners.ts";
import { beginDraining, registerTarget } from "../store/elb/registered-targets.ts";
import { saveTargetGroup } from "../store/elb/target-groups.ts";
import { type OpenStore, openStore } from "../store/open-store.ts";
import { WakeFeed } from "../store/wake-feed.ts";
import { newListener, newTargetGroup } from "./balancing.fixture.ts";
import { BalancingLoop } from "./balancing-loop.ts";

const never = new AbortController().signal;
const TASK: BalancedTask = {
  taskId: "task-1",
  targetGroupArn: "tg-blue",
  address: "10.0.0.1",
  port: 80,
  isDraining: false,
};

let store: OpenStore;
let balancer: MemoryBalancer;
let loop: BalancingLoop;
let tasks: readonly BalancedTask[];
let told: string[];

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  balancer = newMemoryBalancer();
  tasks = [];
  told = [];
  const tell = (fields: object, message: string) => told.push(`${message} ${JSON.stringify(fields)}`);
  loop = new BalancingLoop({
    store,
    balancer: memoryBalancer.create({}, balancer),
    timers: systemTimers,
    changes: new WakeFeed(),
    tasks: async () => tasks,
    log: { warn: tell, info: tell },
    onError: (error) => told.push(String(error)),
  });
  await store.write(async ({ db }) => {
    await saveTargetGroup(db, newTargetGroup());
    await saveTargetGroup(db, newTargetGroup({ arn: "tg-green" }));
    await saveListener(db, newListener());
  });
  loop.start();
});
afterEach(async () => {
  await loop.close();
  await store.close();
});

const ofTask = () => loop.ofTask("tg-blue", "task-1").state;
const untilTask = (state: string) => vi.waitFor(() => expect(ofTask()).toBe(state));

it("tells the balancer what is stored, once, and again when something changed", async () => {
  await loop.settle(never);
  await loop.settle(never);
  expect(balancer.applied).toHaveLength(1);
  tasks = [TASK];
  const { outcome } = await loop.settle(never);
  expect(outcome).toEqual({ outcome: "done" });
  expect(balancer.plan?.groups[0]?.servers.map(({ serverId }) => serverId)).toEqual(["task-1"]);
});

it("knows a task's health, and tells of its changes", async () => {
  expect([ofTask(), loop.isDrained("tg-blue", "task-1")]).toEqual(["initial", false]);
  tasks = [TASK];
  let changes = 0;
  loop.subscribe(() => {
    changes += 1;
  });
  await loop.settle(never);
  expect(ofTask()).toBe("initial");
  changeServer(balancer, "tg-blue", "task-1", { health: "healthy", detail: "200", sessions: 2 });
  await untilTask("healthy");
  expect(loop.ofTask("tg-blue", "task-1")).toEqual({ state: "healthy", detail: "200", sessions: 2 });
  expect(changes).toBeGreaterThan(0);
});

it("tells of the servers whose state changed, and of none for the requests that they serve", async () => {
  tasks = [TASK, { ...TASK, taskId: "task-2", address: "10.0.0.77" }];
  for (const task of tasks) changeServer(balancer, "tg-blue", task.taskId, { health: "healthy", sessions: 1 });
  await loop.settle(never);
  const told: (readonly string[] | null)[] = [];
  loop.subscribe((serverIds) => told.push(serverIds && [...serverIds]));
  changeServer(balancer, "tg-blue", "task-1", { sessions: 9, detail: "200 again" });
  await loop.settle(never);
  expect(told).toEqual([]);
  changeServer(balancer, "tg-blue", "task-2", { health: "unhealthy" });
  await loop.settle(never);
  expect(told).toEqual([["task-2"]]);
  tasks = [{ ...TASK, isDraining: true }];
  await loop.settle(never);
  expect(told.slice(1).flat().toSorted()).toEqual(["task-1", "task-2"]);
  told.length = 0;
  changeServer(balancer, "tg-blue", "task-1", { sessions: 0 });
  await vi.waitFor(() => expect(told).toEqual([["task-1"]]));
  balancer.outage = "ECONNREFUSED";
  await expect(loop.settle(never)).rejects.toThrow("ECONNREFUSED");
  expect(told).toEqual([["task-1"], null]);
  balancer.outage = null;
  await vi.waitFor(() => expect(told).toEqual([["task-1"], null, null]));
});

it("takes a task for drained when the balancer drains it and it serves nothing any more", async () => {
  tasks = [TASK];
  changeServer(balancer, "tg-blue", "task-1", { health: "healthy", sessions: 1 });
  await loop.settle(never);
  changeServer(balancer, "tg-blue", "task-1", { sessions: 0 });
  expect(loop.isDrained("tg-blue", "task-1")).toBe(false);
  changeServer(balancer, "tg-blue", "task-1", { sessions: 1 });
  tasks = [{ ...TASK, isDraining: true }];
  await loop.settle(never);
  expect([ofTask(), loop.isDrained("tg-blue", "task-1")]).toEqual(["draining", false]);
  changeServer(balancer, "tg-blue", "task-1", { sessions: 0 });
  await vi.waitFor(() => expect(loop.isDrained("tg-blue", "task-1")).toBe(true));
});

it("knows a task's health before a listener forwards to its group", async () => {
  tasks = [{ ...TASK, targetGroupArn: "tg-green" }];
  await loop.settle(never);
  expect(loop.ofTask("tg-green", "task-1").state).toBe("initial");
  changeServer(balancer, "tg-green", "task-1", { health: "healthy", detail: "200" });
  await vi.waitFor(() => expect(loop.ofTask("tg-green", "task-1").state).toBe("healthy"));
  tasks = [];
  await loop.settle(never);
  expect(loop.ofTask("tg-green", "task-1").state).toBe("unused");
});

it("knows nothing of tasks while the balancer cannot be reached, and says why", async () => {
  tasks = [TASK];
  await loop.settle(never);
  balancer.outage = "ECONNREFUSED";
  await expect(loop.settle(never)).rejects.toThrow("ECONNREFUSED");
  expect(loop.ofTask("tg-blue", "task-1")).toEqual({ state: "unavailable", detail: "ECONNREFUSED", sessions: null });
  expect(loop.isDrained("tg-blue", "task-1")).toBe(false);
  balancer.outage = null;
  const before = balancer.applied.length;
  await untilTask("initial");
  expect(balancer.applied.length).toBe(before + 1);
});

it("says which listener is not served, once, and that it is again", async () => {
  balancer.unserved.set("l-1", "the port 80 is taken");
  const { outcome, facts } = await loop.settle(never);
  expect([outcome.outcome, facts.unserved.get("l-1")]).toEqual(["failed", "the port 80 is taken"]);
  await loop.settle(never);
  expect(told).toEqual([expect.stringMatching(/does not serve.*l-1: the port 80 is taken/)]);
  balancer.unserved.clear();
  await loop.settle(never);
  expect(told[1]).toMatch(/serves all its listeners again/);
});

it.each([
  ["when it serves nothing any more", 0, 300],
  ["when its time is over, though it serves something", 3, 0],
])("forgets a target that was deregistered %s", async (_, sessions, delaySeconds) => {
  const target = { targetGroupArn: "tg-blue", address: "192.0.2.1", port: 80 };
  const attributes = { "deregistration_delay.timeout_seconds": String(delaySeconds) };
  await store.write(async ({ db }) => {
    await saveTargetGroup(db, newTargetGroup({ attributes }));
    await registerTarget(db, { ...target, registeredAt: 0 });
  });
  changeServer(balancer, "tg-blue", "192.0.2.1:80", { health: "healthy", sessions });
  await loop.settle(never);
  expect((await readBalancingRows(store.db)).targets).toHaveLength(1);
  await store.write(({ db }) => beginDraining(db, target, Date.now()));
  loop.wake();
  await vi.waitFor(async () => expect((await readBalancingRows(store.db)).targets).toEqual([]));
});
