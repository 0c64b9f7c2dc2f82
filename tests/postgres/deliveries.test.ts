import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TriggerConfig } from "@aws-sdk/client-codedeploy";
import { GROUP_FIELDS } from "@sluice/server/store/columns/group-columns.ts";
import {
  callForgotten,
  claimDeliveries,
  countUndelivered,
  findDelivery,
  forgetDeliveries,
  giveUpDelivery,
  hasTriggers,
  insertDeliveries,
  listDeliveries,
  moveDeliveryCursor,
  nextDeliveryAt,
  postponeDelivery,
  readDeliveryCursor,
  recordDelivered,
  replayDeliveries,
} from "@sluice/server/store/deliveries.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import { addApplication, addGroup, NOON } from "./store.fixture.ts";

const LEASE = 60_000;

describe.each(["sqlite", "postgres"] as const)("triggers' messages on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let cluster: PostgresCluster | undefined;
  let dataDirectory: string;
  let store: Store;

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-deliveries-"));
    store = await openStore({ dataDirectory, databaseUrl: await cluster?.newDatabase() });
  });
  afterEach(async () => {
    if (whyNot) return;
    await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const message = (id: string, eventId: number, deploymentId = "d-1", trigger = "t", ordinal = 0) => ({
    notification_id: id,
    event_id: eventId,
    ordinal,
    deployment_id: deploymentId,
    application_name: "web",
    deployment_group_name: "prod",
    trigger_name: trigger,
    trigger_target_arn: "arn",
    event_type: "DeploymentStart",
    target_id: null,
    subject: "s",
    body: "{}",
  });
  const insert = (...messages: ReturnType<typeof message>[]) =>
    store.write((transaction) => insertDeliveries(transaction, messages, NOON));
  const claim = async (now = NOON, owner = "one", limit = 100) =>
    (await store.write((transaction) => claimDeliveries(transaction, owner, now, now + LEASE, limit)))
      .map((row) => row.notification_id)
      .sort();
  const deliver = (id: string, owner = "one") =>
    store.write((transaction) => recordDelivered(transaction, { notificationId: id, owner, at: NOON }));
  const giveUp = (id: string, owner = "one") =>
    store.write((transaction) => giveUpDelivery(transaction, { notificationId: id, owner, reason: "no", at: NOON }));

  it("move their cursor for one of two who read it at the same place", async () => {
    expect(await readDeliveryCursor(store)).toBe(0);
    const move = (from: number, to: number) => store.write((transaction) => moveDeliveryCursor(transaction, from, to));
    expect(await Promise.all([move(0, 10), move(0, 10)])).toEqual([true, false]);
    expect(await Promise.all([move(10, 20), move(10, 15)])).toEqual([true, false]);
    expect(await readDeliveryCursor(store)).toBe(20);
  });

  it("are kept once, however often they are made", async () => {
    await insert(message("n-1", 1));
    await claim();
    await deliver("n-1");
    await insert(message("n-1", 1), message("n-2", 2));
    expect((await listDeliveries(store, { limit: 10 })).map((row) => [row.notification_id, row.status])).toEqual([
      ["n-2", "pending"],
      ["n-1", "delivered"],
    ]);
  });

  it("are claimed one of each deployment and trigger, the first, by one server", async () => {
    await insert(
      message("b", 2),
      message("a2", 1, "d-1", "t", 1),
      message("a1", 1),
      message("other-trigger", 3, "d-1", "u"),
      message("other-deployment", 4, "d-2"),
    );
    expect(await claim()).toEqual(["a1", "other-deployment", "other-trigger"]);
    expect(await claim()).toEqual([]);
    await deliver("a1");
    expect(await claim()).toEqual(["a2"]);
    await giveUp("a2");
    expect(await claim()).toEqual(["b"]);
  });

  it("are claimed as many as are asked for", async () => {
    await insert(...Array.from({ length: 20 }, (_, index) => message(`n-${index}`, index, `d-${index}`)));
    expect(await claim(NOON, "one", 16)).toHaveLength(16);
    expect(await claim(NOON, "one", 16)).toHaveLength(4);
  });

  it("are another's to claim when the lease has run out, and then not the first's to end", async () => {
    await insert(message("a", 1));
    await claim(NOON, "one");
    // A SQLite database is one server's: another owner is one that is gone.
    expect(await claim(NOON + 1, "two")).toEqual(dialect === "sqlite" ? ["a"] : []);
    if (dialect === "postgres") expect(await claim(NOON + LEASE, "two")).toEqual(["a"]);
    await giveUp("a", "one");
    await deliver("a", "one");
    expect(await findDelivery(store, "a")).toMatchObject({ status: "pending", lease_owner: "two" });
    await giveUp("a", "two");
    expect((await findDelivery(store, "a"))?.status).toBe("failed");
  });

  it("wait when they are postponed, and keep those after them waiting", async () => {
    await insert(message("a", 1), message("b", 2));
    await claim();
    const until = NOON + 5_000;
    await store.write((transaction) =>
      postponeDelivery(transaction, { notificationId: "a", owner: "one", reason: "busy", nextAttemptAt: until }),
    );
    expect(await claim(until - 1)).toEqual([]);
    expect(await nextDeliveryAt(store)).toBe(until);
    expect(await claim(until)).toEqual(["a"]);
    expect(await nextDeliveryAt(store)).toBe(until + LEASE);
    expect(await findDelivery(store, "a")).toMatchObject({ attempts: 2, reason: "busy" });
  });

  it("that were broken off by the server's end do not count as tried", async () => {
    await insert(message("a", 1));
    await claim();
    const brokenOff = { notificationId: "a", owner: "one", reason: null, nextAttemptAt: NOON, isUncounted: true };
    await store.write((transaction) => postponeDelivery(transaction, brokenOff));
    expect(await findDelivery(store, "a")).toMatchObject({ attempts: 0, lease_owner: null });
  });

  it("come in their order again when they are replayed", async () => {
    await insert(message("a", 1), message("b", 2), message("c", 3));
    for (const id of ["a", "b"]) {
      await claim();
      await giveUp(id);
    }
    expect(await countUndelivered(store)).toEqual({ pending: 1, failed: 2 });
    expect(await store.write((transaction) => replayDeliveries(transaction, "failed", NOON + 1))).toBe(2);
    expect(await claim(NOON + 1)).toEqual(["a"]);
    expect(await findDelivery(store, "a")).toMatchObject({ attempts: 1, pending_since: NOON + 1, ended_at: null });
    expect(await countUndelivered(store)).toEqual({ pending: 3, failed: 0 });
  });

  it("are called again where two transactions missed each other", async () => {
    await insert(message("a", 1), message("b", 2), message("other", 3, "d-2"));
    await store.write(({ db }) =>
      db.updateTable("deliveries").set({ next_attempt_at: null }).where("deployment_id", "=", "d-1").execute(),
    );
    expect(await claim()).toEqual(["other"]);
    await store.write((transaction) => callForgotten(transaction, NOON));
    expect(await claim()).toEqual(["a"]);
    await store.write((transaction) => callForgotten(transaction, NOON));
    expect(await claim()).toEqual([]);
  });

  it("are called by those before them without a look at all that wait", async () => {
    await insert(...Array.from({ length: 5 }, (_, index) => message(`n-${index}`, index)));
    const waiting = async () =>
      (await listDeliveries(store, { status: "pending", limit: 10 })).filter((row) => row.next_attempt_at === null);
    for (const left of [4, 3, 2, 1, 0]) {
      expect(await waiting()).toHaveLength(left);
      const [id = ""] = await claim();
      await deliver(id);
    }
    expect(await nextDeliveryAt(store)).toBeNull();
  });

  it("are forgotten in time, but never while they wait", async () => {
    await insert(message("delivered", 1, "d-1"), message("failed", 2, "d-2"), message("waiting", 3, "d-3"));
    await claim();
    await deliver("delivered");
    await giveUp("failed");
    const forget = (delivered: number, failed: number) =>
      store.write((transaction) => forgetDeliveries(transaction, { delivered, failed }));
    const left = async () => (await listDeliveries(store, { limit: 10 })).map((row) => row.notification_id).sort();
    await forget(NOON, NOON);
    expect(await left()).toEqual(["delivered", "failed", "waiting"]);
    await forget(NOON + 1, NOON);
    expect(await left()).toEqual(["failed", "waiting"]);
    await forget(NOON + 1, NOON + 1);
    expect(await left()).toEqual(["waiting"]);
  });

  it("are looked for only where a group has a trigger", async () => {
    await addApplication(store);
    await addGroup(store, { fields_json: GROUP_FIELDS.write({ serviceRoleArn: "", triggerConfigurations: [] }) });
    expect(await hasTriggers(store)).toBe(false);
    const trigger: TriggerConfig = { triggerName: "t", triggerTargetArn: "arn", triggerEvents: ["DeploymentStart"] };
    await addGroup(store, {
      deployment_group_id: "group-2",
      deployment_group_name: "other",
      fields_json: GROUP_FIELDS.write({ serviceRoleArn: "", triggerConfigurations: [trigger] }),
    });
    expect(await hasTriggers(store)).toBe(true);
  });
});
