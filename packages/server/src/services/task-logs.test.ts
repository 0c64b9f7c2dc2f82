import { newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BLUE, LocalWorld } from "./local-services.fixture.ts";
import { TaskLogCursorError } from "./log-cursor.ts";
import { MAX_TASK_LOG_LINES, TaskLogs } from "./task-logs.ts";

const WITHIN = { timeout: 60_000, interval: 10 };
const never = new AbortController().signal;
const SERVICE = { service: { clusterName: "prod", serviceName: "web" } };
const ALL = { tailLines: MAX_TASK_LOG_LINES };

let world: LocalWorld;
let logs: TaskLogs;
beforeEach(async () => {
  world = new LocalWorld();
  world.behave = () =>
    newMemoryBehaviour({
      writes: [
        { stream: "stdout", text: "one" },
        { stream: "stderr", text: "two" },
      ],
    });
  await world.open();
  // Their rows know their containers.
  await vi.waitFor(async () => {
    expect((await world.tasks()).map(({ last_status }) => last_status)).toEqual(["RUNNING", "RUNNING"]);
  }, WITHIN);
  logs = new TaskLogs({ store: world.store, engine: world.engine });
});
afterEach(() => world.close());

const say = (index: number, text: string, at = Date.now()) =>
  world.containers[index]!.lines.push({ at, stream: "stdout", text });
const textsOf = (page: Awaited<ReturnType<TaskLogs["read"]>>) => page?.lines.map(({ text }) => text);

it("reads what all tasks of a service wrote, by time", async () => {
  const at = Date.now() + 1;
  say(1, "three", at);
  say(0, "four", at + 1);
  const page = await logs.read(SERVICE, ALL, never);
  expect(textsOf(page)?.slice(-2)).toEqual(["three", "four"]);
  expect(page?.lines).toHaveLength(6);
  expect(page?.lines.at(-1)).toMatchObject({
    taskId: world.containers[0]!.plan.taskId,
    taskSetId: BLUE,
    containerName: "web",
    stream: "stdout",
  });
  expect(page).toMatchObject({ isCut: false, hasEnded: false });
});

it("reads one task, of which the last lines", async () => {
  const { taskId } = world.containers[0]!.plan;
  expect(textsOf(await logs.read({ taskId }, ALL, never))).toEqual(["one", "two"]);
  const last = await logs.read({ taskId }, { tailLines: 1 }, never);
  expect(textsOf(last)).toEqual(["two"]);
  expect(last?.isCut).toBe(false);
  expect(textsOf(await logs.read({ taskId }, { tailLines: 0 }, never))).toEqual([]);
});

it("goes on from a cursor, and misses and repeats nothing that has the same time", async () => {
  const at = Date.now() + 1_000;
  say(0, "a", at);
  say(0, "b", at);
  const first = await logs.read(SERVICE, ALL, never);
  expect(textsOf(first)?.slice(-2)).toEqual(["a", "b"]);
  const nothing = await logs.read(SERVICE, { ...ALL, cursor: first!.cursor }, never);
  expect(textsOf(nothing)).toEqual([]);
  say(0, "b", at);
  say(1, "c", at);
  say(0, "d", at + 1);
  const next = await logs.read(SERVICE, { ...ALL, cursor: nothing!.cursor }, never);
  expect(textsOf(next)?.toSorted()).toEqual(["b", "c", "d"]);
  expect(textsOf(await logs.read(SERVICE, { ...ALL, cursor: next!.cursor }, never))).toEqual([]);
});

it("says when older lines were left out", async () => {
  const { taskId } = world.containers[0]!.plan;
  for (let line = 0; line < MAX_TASK_LOG_LINES + 10; line++) say(0, String(line));
  const page = await logs.read({ taskId }, { tailLines: 1_000_000 }, never);
  expect(page?.lines).toHaveLength(MAX_TASK_LOG_LINES);
  expect(page?.isCut).toBe(true);
  expect(textsOf(page)?.at(-1)).toBe(String(MAX_TASK_LOG_LINES + 9));
  say(0, "x".repeat(600_000));
  say(0, "y".repeat(600_000));
  const large = await logs.read({ taskId }, { tailLines: 5 }, never);
  expect(large?.lines.map(({ text }) => text[0])).toEqual(["y"]);
  expect(large?.isCut).toBe(true);
});

it("reads the logs of a task that has stopped, after which nothing comes", async () => {
  const [container] = world.running();
  world.kill(container!, 1);
  const { taskId } = container!.plan;
  await vi.waitFor(async () => {
    const page = await logs.read({ taskId }, ALL, never);
    expect(page).toMatchObject({ hasEnded: true });
    expect(textsOf(page)).toEqual(["one", "two"]);
  }, WITHIN);
});

it("knows no other task or service, and no other cursor", async () => {
  expect(await logs.read({ taskId: "nobody" }, ALL, never)).toBeUndefined();
  expect(await logs.read({ service: { clusterName: "prod", serviceName: "no" } }, ALL, never)).toBeUndefined();
  for (const cursor of ["", "x", Buffer.from("[1]").toString("base64url"), "e30"]) {
    await expect(logs.read(SERVICE, { ...ALL, cursor }, never)).rejects.toThrow(TaskLogCursorError);
  }
});

it("reads one container, or one task set, alone", async () => {
  expect(textsOf(await logs.read(SERVICE, { ...ALL, containerName: "side" }, never))).toEqual([]);
  expect(textsOf(await logs.read({ ...SERVICE, taskSetId: "ecs-svc/9" }, ALL, never))).toEqual([]);
  expect(textsOf(await logs.read({ ...SERVICE, taskSetId: BLUE }, ALL, never))).toHaveLength(4);
});
