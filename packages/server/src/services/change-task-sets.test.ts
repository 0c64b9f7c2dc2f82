import { afterEach, beforeEach, expect, it } from "vitest";
import { serviceRow, taskSetRow } from "../store/ecs/rows.fixture.ts";
import { insertService } from "../store/ecs/services.ts";
import { insertTaskSet, taskSetsOfServices } from "../store/ecs/task-sets.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { openStore, type Store } from "../store/open-store.ts";
import {
  createTaskSet,
  drainTaskSet,
  MAX_TASK_SETS,
  makeTaskSetPrimary,
  type NewTaskSet,
  scaleTaskSet,
} from "./change-task-sets.ts";
import { newTaskSetId } from "./new-task-set-id.ts";

const SERVICE = serviceRow();
const NOW = 1_000;
const GREEN = "ecs-svc/2000000000000000002";
const WISH: NewTaskSet = {
  taskSetId: GREEN,
  externalId: "d-1",
  status: "ACTIVE",
  taskDefinitionArn: "arn:aws:ecs:us-east-1:111122223333:task-definition/web:2",
  loadBalancer: { targetGroupArn: "green", containerName: "app", containerPort: 8080 },
  scalePercent: 100,
  definition: { launchType: "EC2", clientToken: null, startedBy: "CODE_DEPLOY", tags: [] },
};

let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  await store.write(async ({ db }) => {
    await insertService(db, SERVICE);
    await insertTaskSet(db, taskSetRow());
  });
});
afterEach(() => store.close());

const write = <T>(work: (transaction: WriteTransaction) => Promise<T>) => store.write(work);
const statuses = async () =>
  (await taskSetsOfServices(store.db, [SERVICE.service_id])).map((row) => `${row.task_set_id.at(-1)} ${row.status}`);

it("makes one task set for each external id", async () => {
  const made = await write((transaction) => createTaskSet(transaction, SERVICE, WISH, NOW));
  expect(made).toMatchObject({ outcome: "done", taskSet: { task_set_id: GREEN, target_group_arn: "green" } });
  const again = await write((transaction) => createTaskSet(transaction, SERVICE, { ...WISH, taskSetId: "x" }, NOW));
  expect(again).toMatchObject({ outcome: "done", taskSet: { task_set_id: GREEN } });
  expect(await statuses()).toEqual(["1 PRIMARY", "2 ACTIVE"]);
});

it("has one primary, whoever it is", async () => {
  await write((transaction) => createTaskSet(transaction, SERVICE, WISH, NOW));
  for (const _ of [1, 2]) {
    const made = await write((transaction) => makeTaskSetPrimary(transaction, SERVICE, GREEN, NOW));
    expect(made).toMatchObject({ outcome: "done", taskSet: { status: "PRIMARY", updated_at: NOW } });
    expect(await statuses()).toEqual(["1 ACTIVE", "2 PRIMARY"]);
  }
});

it("lets go of any task set but the primary", async () => {
  await write((transaction) => createTaskSet(transaction, SERVICE, WISH, NOW));
  const primary = await write((transaction) => drainTaskSet(transaction, SERVICE, "ecs-svc/1000000000000000001", NOW));
  expect(primary).toEqual({
    outcome: "refused",
    reason: "the task set ecs-svc/1000000000000000001 is the primary of web",
  });
  for (const _ of [1, 2]) await write((transaction) => drainTaskSet(transaction, SERVICE, GREEN, NOW));
  expect(await statuses()).toEqual(["1 PRIMARY", "2 DRAINING"]);
  for (const change of [
    (transaction: WriteTransaction) => createTaskSet(transaction, SERVICE, WISH, NOW),
    (transaction: WriteTransaction) => makeTaskSetPrimary(transaction, SERVICE, GREEN, NOW),
    (transaction: WriteTransaction) => scaleTaskSet(transaction, SERVICE, { taskSetId: GREEN, scalePercent: 50 }, NOW),
  ])
    expect(await write(change)).toMatchObject({ outcome: "refused", reason: expect.stringContaining("being deleted") });
});

it("is not steady any more when it is scaled", async () => {
  const scale = { taskSetId: "ecs-svc/1000000000000000001", scalePercent: 50 };
  const scaled = await write((transaction) => scaleTaskSet(transaction, SERVICE, scale, NOW));
  expect(scaled).toMatchObject({ taskSet: { scale_percent: 50, stability: "STABILIZING", stability_at: NOW } });
});

it("knows no other service's task sets", async () => {
  const other = serviceRow({ service_id: "service-2", service_name: "api" });
  const missing = { outcome: "missing" };
  const id = "ecs-svc/1000000000000000001";
  expect(await write((transaction) => makeTaskSetPrimary(transaction, other, id, NOW))).toEqual(missing);
  expect(await write((transaction) => drainTaskSet(transaction, other, id, NOW))).toEqual(missing);
  expect(
    await write((transaction) => scaleTaskSet(transaction, other, { taskSetId: id, scalePercent: 1 }, NOW)),
  ).toEqual(missing);
});

it("makes none of a service that goes, and not more than ECS does", async () => {
  const draining = serviceRow({ status: "DRAINING" });
  expect(await write((transaction) => createTaskSet(transaction, draining, WISH, NOW))).toEqual({
    outcome: "refused",
    reason: "the service web is DRAINING",
  });
  for (let number = 2; number <= MAX_TASK_SETS + 1; number += 1) {
    const wish = { ...WISH, taskSetId: `ecs-svc/${number}`, externalId: `d-${number}` };
    const made = await write((transaction) => createTaskSet(transaction, SERVICE, wish, NOW));
    expect(made.outcome).toBe(number <= MAX_TASK_SETS ? "done" : "refused");
  }
});

it("is called as ECS calls task sets", () => {
  expect(newTaskSetId((alphabet, length) => alphabet.slice(-1).repeat(length))).toBe("ecs-svc/9999999999999999999");
});
