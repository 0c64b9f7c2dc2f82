import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { toJson } from "@sluice/model/stored-json/stored-json.ts";
import { newReport, type PassReport, prune } from "@sluice/server/retention/retention-pass.ts";
import { previewPruning } from "@sluice/server/retention/retention-preview.ts";
import { DEFAULT_RETENTION, type RetentionRule } from "@sluice/server/retention/retention-rule.ts";
import { ROLLED_BACK, type RolledBack, TARGET_REVISION } from "@sluice/server/store/columns/group-columns.ts";
import { TOKEN_TAGS } from "@sluice/server/store/columns/host-columns.ts";
import { insertDeliveries, moveDeliveryCursor, readDeliveryCursor } from "@sluice/server/store/deliveries.ts";
import { type DeploymentGroupRow, removeDeploymentGroup } from "@sluice/server/store/deployment-groups.ts";
import { findDeployment, listDeployments } from "@sluice/server/store/deployment-history.ts";
import { addNote } from "@sluice/server/store/deployment-notes.ts";
import { holdDuty } from "@sluice/server/store/duty-lease.ts";
import { serviceRow } from "@sluice/server/store/ecs/rows.fixture.ts";
import { appendServiceEvent, eventsOfServices } from "@sluice/server/store/ecs/service-events.ts";
import { findServicesById, insertService } from "@sluice/server/store/ecs/services.ts";
import { insertEffects } from "@sluice/server/store/effects.ts";
import { appendEvents, newestEventId } from "@sluice/server/store/events.ts";
import { findHost, insertHost, retireHost } from "@sluice/server/store/hosts.ts";
import { type OpenStore, openStore } from "@sluice/server/store/open-store.ts";
import { readSchema } from "@sluice/server/store/real-schema.ts";
import { insertTargets } from "@sluice/server/store/targets.ts";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import { addApplication, addDeployment, addGroup, host, message, NOON, target } from "./store.fixture.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** What names a deployment and stays: what a host's last attempt left, and messages. */
const NOT_OF_DEPLOYMENTS = ["group_hosts", "deliveries"];
/** More than one step deletes. */
const EVENTS = 510;

describe.each(["sqlite", "postgres"] as const)("retention on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let cluster: PostgresCluster | undefined;
  let databaseUrl: string | undefined;
  let dataDirectory: string;
  let logDirectory: string;
  let store: OpenStore;
  let group: DeploymentGroupRow;
  let now: number;
  /** Deployments that the database does not know, as the server's log has them. */
  let named: string[];

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-retention-"));
    logDirectory = join(dataDirectory, "logs");
    databaseUrl = await cluster?.newDatabase();
    store = await openStore({ dataDirectory, databaseUrl });
    await addApplication(store);
    group = await addGroup(store);
    now = NOON + 400 * DAY;
    named = [];
  });
  afterEach(async () => {
    if (whyNot) return;
    await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const location = (key: string): RevisionLocation => ({
    revisionType: "S3",
    s3Location: { bucket: "b", key, bundleType: "zip" },
  });

  /** A deployment that ended, with a host, events, an effect and output. */
  const ended = async (
    deploymentId: string,
    endedAt: number,
    {
      key = "k.zip",
      status = "Succeeded",
      creator = "user",
      events = 3,
    }: { key?: string; status?: "Succeeded" | "Failed"; creator?: string; events?: number } = {},
  ) => {
    await addDeployment(store, group, { deploymentId, createdAt: endedAt, revision: location(key), creator });
    await store.write(async (transaction) => {
      await insertTargets(transaction, deploymentId, [target("i-1"), target("i-2")]);
      await insertEffects(
        transaction,
        deploymentId,
        [{ kind: "resolveTargets", key: `${deploymentId}/resolve` }],
        NOON,
      );
      await transaction.db
        .updateTable("effects")
        .set({ outcome_json: toJson({ outcome: "superseded" }) })
        .where("deployment_id", "=", deploymentId)
        .execute();
      const note = { deployment_id: deploymentId, at: endedAt, access_key_id: "AKIA1", action: "stop", reason: "why" };
      await addNote(transaction, note);
      await addNote(transaction, note);
      const list = Array.from({ length: events }, (_, index) => message(`event ${index}`));
      const last_sequence = await appendEvents(transaction, deploymentId, 0, list, endedAt);
      await transaction.db
        .updateTable("deployments")
        .set({ active: 0, status, completed_at: endedAt, wake_at: null, last_sequence })
        .where("deployment_id", "=", deploymentId)
        .execute();
      // Somebody else is the last attempt.
      await transaction.db.updateTable("deployment_groups").set({ last_attempted_deployment_id: null }).execute();
      await moveDeliveryCursor(transaction, await readDeliveryCursor(transaction), await newestEventId(transaction));
    });
    mkdirSync(join(logDirectory, deploymentId), { recursive: true });
    writeFileSync(join(logDirectory, deploymentId, "output"), "x".repeat(1_000));
  };
  /** That nothing was written to for so long. */
  const output = (name: string, age: number) => {
    const file = join(logDirectory, name, "output");
    mkdirSync(join(logDirectory, name), { recursive: true });
    writeFileSync(file, "x");
    for (const path of [file, join(logDirectory, name)]) utimesSync(path, (now - age) / 1000, (now - age) / 1000);
  };
  const changeGroup = (change: Partial<DeploymentGroupRow>) =>
    store.write(({ db }) => db.updateTable("deployment_groups").set(change).execute());

  const parts = (rule: Partial<RetentionRule> = {}) => ({
    store,
    timers: { now: () => now },
    rule: { ...DEFAULT_RETENTION, ...rule },
    logDirectory,
    forgetOutput: async (ids: readonly string[]) => {
      for (const id of ids) rmSync(join(logDirectory, id), { recursive: true, force: true });
    },
    onOrphaned: (ids: readonly string[]) => void named.push(...ids),
    sweepUploads: async () => {},
  });
  const pass = async (rule: Partial<RetentionRule> = {}): Promise<PassReport> => {
    const report = newReport();
    for await (const _ of prune(parts(rule), report));
    return report;
  };
  const left = async () =>
    (await listDeployments(store.db, { limit: 100 })).map(({ deploymentId }) => deploymentId).reverse();
  /** Deployments of which anything at all is left. */
  const traces = async () => {
    const ids = new Set<string>(existsSync(logDirectory) ? readdirSync(logDirectory) : []);
    for (const [table, { columns }] of await readSchema(store.db, dialect)) {
      if (!columns.has("deployment_id") || NOT_OF_DEPLOYMENTS.includes(table)) continue;
      const { rows } = await sql<{ deployment_id: string }>`SELECT deployment_id FROM ${sql.table(table)}`.execute(
        store.db,
      );
      for (const row of rows) ids.add(row.deployment_id);
    }
    return [...ids].sort();
  };

  it("removes what ended longer ago than its days, and all that belongs to it", async () => {
    await ended("d-OLD", now - 366 * DAY, { events: EVENTS });
    await ended("d-YOUNG", now - 364 * DAY);
    const report = await pass();
    expect(await traces()).toEqual(["d-YOUNG"]);
    expect(report.groups).toMatchObject([{ applicationName: "MyWebApp", deploymentGroupName: "prod", deployments: 1 }]);
    expect(await findDeployment(store.db, "d-OLD")).toBeUndefined();
  });

  it("keeps of each group as many of the newest as the rule says, and lets one that ended just now be", async () => {
    for (let n = 1; n <= 25; n++) await ended(`d-${100 + n}`, now - DAY + n);
    await ended("d-JUST", now - 1_000);
    expect((await pass({ deploymentsPerGroup: 3 })).groups).toMatchObject([{ deployments: 23 }]);
    expect(await left()).toEqual(["d-124", "d-125", "d-JUST"]);
    expect((await pass({ deploymentsPerGroup: 1 })).groups).toMatchObject([{ deployments: 2 }]);
    expect(await traces()).toEqual(["d-JUST"]);
  });

  const rolledBack = (change: Partial<RolledBack>) =>
    ROLLED_BACK.write({ deploymentId: "d-X", rollbackDeploymentId: "d-X", reason: "", at: NOON, ...change });

  it.each<[string, (id: string) => Promise<unknown>]>([
    [
      "that is not over",
      (id) =>
        store.write(({ db }) =>
          db.updateTable("deployments").set({ active: 1 }).where("deployment_id", "=", id).execute(),
        ),
    ],
    ["that was the group's last success", (id) => changeGroup({ last_successful_deployment_id: id })],
    ["that was the group's last attempt", (id) => changeGroup({ last_attempted_deployment_id: id })],
    [
      "that was rolled back and is not acknowledged",
      (id) => changeGroup({ rolled_back_json: rolledBack({ deploymentId: id }) }),
    ],
    [
      "that is the rollback of such a one",
      (id) => changeGroup({ rolled_back_json: rolledBack({ rollbackDeploymentId: id }) }),
    ],
    [
      "whose revision sluice rollback goes back to",
      () => changeGroup({ target_revision_json: TARGET_REVISION.write(location("other.zip")) }),
    ],
    [
      "that is the last attempt of a host",
      (id) =>
        store.write(({ db }) =>
          db
            .insertInto("group_hosts")
            .values({
              deployment_group_id: "group-1",
              target_id: "i-1",
              deployment_id: id,
              healthy: 1,
              revision_key: "k",
            })
            .execute(),
        ),
    ],
    [
      "of which a load balancer is still asked for something",
      (id) =>
        store.write(({ db }) =>
          db.updateTable("effects").set({ outcome_json: null }).where("deployment_id", "=", id).execute(),
        ),
    ],
    [
      "of which a trigger's message is not sent",
      (id) =>
        store.write((transaction) =>
          insertDeliveries(
            transaction,
            [
              {
                notification_id: "n-1",
                event_id: 1,
                ordinal: 0,
                deployment_id: id,
                application_name: "MyWebApp",
                deployment_group_name: "prod",
                trigger_name: "t",
                trigger_target_arn: "arn",
                event_type: "DeploymentSuccess",
                target_id: null,
                subject: "",
                body: "",
              },
            ],
            NOON,
          ),
        ),
    ],
    [
      "of which triggers' messages are not made",
      async (id) => {
        const [newest] = await store.db
          .selectFrom("events")
          .selectAll()
          .where("deployment_id", "=", id)
          .orderBy("event_id", "desc")
          .limit(1)
          .execute();
        await store.write(({ db }) =>
          db
            .updateTable("settings")
            .set({ value: String(newest!.event_id - 1) })
            .where("name", "=", "notifications.cursor")
            .execute(),
        );
      },
    ],
  ])("keeps a deployment %s, whatever its age", async (_, need) => {
    await ended("d-OTHER", NOON - DAY);
    await ended("d-NEEDED", NOON);
    await need("d-NEEDED");
    await pass({ deploymentsPerGroup: 1 });
    expect(await left()).toEqual(["d-NEEDED"]);
  });

  it("keeps the way back only: older successes go, and rollbacks are none", async () => {
    await changeGroup({ target_revision_json: TARGET_REVISION.write(location("c.zip")) });
    await ended("d-A", NOON, { key: "a.zip" });
    await ended("d-B", NOON + HOUR, { key: "b.zip" });
    await ended("d-FAILED", NOON + 2 * HOUR, { key: "bad.zip", status: "Failed" });
    await ended("d-BACK", NOON + 3 * HOUR, { key: "a.zip", creator: "codeDeployRollback" });
    await ended("d-C", NOON + 4 * HOUR, { key: "c.zip" });
    await pass();
    expect(await left()).toEqual(["d-B"]);
    expect(revisionKey(location("b.zip"))).toBe((await findDeployment(store.db, "d-B"))?.revision_key);
  });

  it("goes on after a death between any two steps", async () => {
    for (let stopAfter = 0; ; stopAfter++) {
      const names = [1, 2].map((n) => `d-${stopAfter}-${n}`);
      for (const name of names) await ended(name, NOON, { events: EVENTS });
      const steps = prune(parts(), newReport());
      let taken = 0;
      let isOver = false;
      for (; taken < stopAfter && !isOver; taken++) isOver = (await steps.next()).done === true;
      // Nobody sees a half-removed deployment.
      for (const id of await left()) {
        expect(
          await store.db.selectFrom("events").select("sequence").where("deployment_id", "=", id).execute(),
        ).toHaveLength(EVENTS);
      }
      await pass();
      expect(await traces()).toEqual([]);
      if (isOver) break;
    }
  });

  it("removes what a deleted group with a long history left, though nobody finds the group any more", async () => {
    for (let n = 1; n <= 25; n++) await ended(`d-${100 + n}`, NOON + n);
    const scope = { partition: "aws", region: "us-east-1", accountId: "111122223333", now: () => now };
    const atOnce = await store.write((transaction) => removeDeploymentGroup(transaction, scope, "MyWebApp", group));
    expect(await left()).toEqual([]);
    // The newest, which may be under way, are gone whole; of the others nothing is found, and something is left.
    expect(atOnce).toEqual(Array.from({ length: 20 }, (_, n) => `d-${125 - n}`));
    expect(await store.db.selectFrom("targets").select("deployment_id").distinct().execute()).toHaveLength(5);
    await parts().forgetOutput(atOnce);
    await pass();
    expect(await traces()).toEqual([]);
  });

  it("takes many transactions for a large deployment, and little in each", async () => {
    await ended("d-LARGE", NOON, { events: 5 * EVENTS });
    let before = 5 * EVENTS;
    for await (const _ of prune(parts(), newReport())) {
      const { count } = await store.db
        .selectFrom("events")
        .select((expression) => expression.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      expect(before - Number(count)).toBeLessThanOrEqual(500);
      before = Number(count);
    }
    expect(before).toBe(0);
  });

  it("removes container services a day after they ended, many of them, and keeps the others", async () => {
    const gone = Array.from({ length: 12 }, (_, n) => `s-${100 + n}`);
    await store.write(async ({ db }) => {
      for (const service_id of gone) {
        const inactive_at = now - DAY;
        await insertService(db, serviceRow({ service_id, service_name: service_id, status: "INACTIVE", inactive_at }));
        await appendServiceEvent(db, { service_id, event_id: "e", at: now, message: "gone" });
      }
      const young = { service_name: "young", status: "INACTIVE", inactive_at: now - DAY + 1 } as const;
      await insertService(db, serviceRow({ service_id: "s-young", ...young }));
      await insertService(db, serviceRow({ service_id: "s-there", service_name: "there" }));
      await appendServiceEvent(db, { service_id: "s-there", event_id: "e", at: now, message: "there" });
    });
    expect((await pass()).services).toBe(12);
    const left = await findServicesById(store.db, [...gone, "s-young", "s-there"]);
    expect(left.map((row) => row.service_id).toSorted()).toEqual(["s-there", "s-young"]);
    expect(await eventsOfServices(store.db, [...gone, "s-there"])).toMatchObject([{ service_id: "s-there" }]);
  });

  it("removes expired tokens after a month, and retired hosts when nothing names them any more", async () => {
    const token = (token_id: string, expires_at: number) => ({
      token_id,
      expires_at,
      secret_sha256: "",
      tags_json: TOKEN_TAGS.write([]),
      uses_left: 1,
      created_at: NOON,
    });
    await store.write(async (transaction) => {
      await transaction.db
        .insertInto("enrolment_tokens")
        .values([token("old", now - 31 * DAY), token("new", now - DAY), token("good", now + DAY)])
        .execute();
      for (const id of ["i-1", "i-gone", "i-living"]) await insertHost(transaction, host(id));
      for (const id of ["i-1", "i-gone"]) await retireHost(transaction, id, now - 380 * DAY);
    });
    await ended("d-A", now - 390 * DAY);
    await store.write(({ db }) =>
      db
        .insertInto("group_hosts")
        .values({
          deployment_group_id: "group-1",
          target_id: "i-1",
          deployment_id: "d-A",
          healthy: 1,
          revision_key: "k",
        })
        .execute(),
    );
    await changeGroup({ last_successful_deployment_id: "d-A" });
    const first = await pass();
    expect(
      (await store.db.selectFrom("enrolment_tokens").select("token_id").orderBy("token_id").execute()).map(
        (row) => row.token_id,
      ),
    ).toEqual(["good", "new"]);
    expect(first).toMatchObject({ tokens: 1, hosts: 1 });
    expect(await findHost(store.db, "i-gone")).toBeUndefined();
    expect(await findHost(store.db, "i-1")).toBeDefined();
    // The host that is gone needs its last deployment no longer, and the group has a newer one.
    await changeGroup({ last_successful_deployment_id: null });
    await pass();
    expect(await left()).toEqual([]);
    expect(await findHost(store.db, "i-1")).toBeUndefined();
    expect(await findHost(store.db, "i-living")).toBeDefined();
  });

  if (dialect === "postgres") {
    it("holds up nobody who writes while it looks which deployments name a retired host", async () => {
      await store.write(async (transaction) => {
        await insertHost(transaction, host("i-gone"));
        await retireHost(transaction, "i-gone", now - 380 * DAY);
      });
      await ended("d-A", now - 390 * DAY);
      await changeGroup({ last_successful_deployment_id: "d-A" });
      const somebody = new pg.Client({ connectionString: databaseUrl });
      await somebody.connect();
      try {
        await somebody.query("BEGIN; LOCK TABLE targets IN ACCESS EXCLUSIVE MODE");
        const passing = pass();
        const waits = await until("the pass to wait for the lock", async () => {
          const { rows } = await sql`SELECT backend_xid IS NOT NULL AS writes FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(store.db);
          return rows.length > 0 && rows;
        });
        expect(waits).toEqual([{ writes: false }]);
        await somebody.query("ROLLBACK");
        expect((await passing).hosts).toBe(1);
      } finally {
        await somebody.end();
      }
    });
  }

  it("removes output that no deployment has, unless it is a day young", async () => {
    await ended("d-HERE", now - 10 * DAY);
    for (const [name, age] of [
      ["d-LOST", 3 * DAY],
      ["d-RESTORED", HOUR],
      ["d-HERE", 9 * DAY],
      ["lost+found", 9 * DAY],
    ] as const)
      output(name, age);
    const lost = { deployments: 1, deploymentIds: ["d-LOST"], logBytes: 1 };
    expect((await previewPruning(parts(), now)).orphaned).toEqual(lost);
    expect(existsSync(join(logDirectory, "d-LOST"))).toBe(true);
    expect((await pass()).orphaned).toEqual(lost);
    expect(named).toEqual(["d-LOST"]);
    expect(readdirSync(logDirectory).sort()).toEqual(["d-HERE", "d-RESTORED", "lost+found"]);
  });

  it("keeps all output when the database knows no deployment at all: it may be the wrong one", async () => {
    output("d-LOST", 3 * DAY);
    expect((await previewPruning(parts(), now)).orphaned.deployments).toBe(0);
    expect((await pass()).orphaned.deployments).toBe(0);
    expect(readdirSync(logDirectory)).toEqual(["d-LOST"]);
  });

  it("says beforehand what it would remove, and removes nothing by that", async () => {
    for (let n = 1; n <= 30; n++) await ended(`d-${100 + n}`, NOON + n, { events: 10 });
    const [preview, ...others] = (await previewPruning(parts({ deploymentsPerGroup: 5 }), now)).groups;
    expect(others).toEqual([]);
    expect(preview).toMatchObject({
      applicationName: "MyWebApp",
      deploymentGroupName: "prod",
      deployments: 30,
      oldestCreatedAt: NOON + 1,
      logBytes: 30_000,
    });
    expect(preview?.databaseBytes).toBeGreaterThan(30 * 10 * 100);
    expect(await left()).toHaveLength(30);
    expect((await pass({ deploymentsPerGroup: 5 })).groups).toMatchObject([{ deployments: 30 }]);
  });

  it("is one server's duty at a time", async () => {
    const hold = (owner: string, at: number) =>
      store.write((transaction) => holdDuty(transaction, { name: "test.lease", owner, now: at, until: at + HOUR }));
    expect(await hold("one", NOON)).toBe(true);
    expect(await hold("one", NOON + 1)).toBe(true);
    // Another owner of a SQLite database is a process that is gone.
    expect(await hold("two", NOON + 2)).toBe(dialect === "sqlite");
    expect(await hold("two", NOON + 2 * HOUR)).toBe(true);
  });

  // PostgreSQL's autovacuum uses the space again.
  if (dialect === "sqlite") {
    it.each(["to the file system", "of a file that was made before files could shrink"])(
      "gives space back %s",
      async (which) => {
        if (which.startsWith("of a file")) {
          await store.close();
          const database = new DatabaseSync(join(dataDirectory, "sluice.db"));
          database.exec("PRAGMA auto_vacuum = NONE; VACUUM");
          database.close();
          store = await openStore({ dataDirectory });
        }
        const events = Array.from({ length: 20_000 }, () => message("x".repeat(1_000)));
        await ended("d-LARGE", NOON, { events: 1 });
        await store.write((transaction) => appendEvents(transaction, "d-LARGE", 1, events, NOON));
        await store.write((transaction) => moveDeliveryCursor(transaction, 1, 1_000_000));
        const full = await store.space.bytes();
        await pass();
        expect(full).toBeGreaterThan(20_000_000);
        expect(await store.space.bytes()).toBeLessThan(0.6 * full);
        // What is left of it is in the file itself after a checkpoint; the write-ahead log has its bound.
        expect(statSync(join(dataDirectory, "sluice.db-wal")).size).toBeLessThan(64 * 1024 * 1024);
      },
    );
  }
});
