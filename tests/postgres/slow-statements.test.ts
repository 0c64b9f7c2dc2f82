import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementTooSlowError } from "@sluice/server/store/database-away.ts";
import { type OpenStore, openStore } from "@sluice/server/store/open-store.ts";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

const LIMIT_MILLISECONDS = 1_500;

/** The database is there, and one statement takes too long: somebody else holds a lock that it waits for. */
describe("a statement that takes too long", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster;
  let dataDirectory: string;
  let databaseUrl: string;
  let store: OpenStore;
  let somebody: pg.Client;
  let told: string[];

  beforeAll(async () => {
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-slow-"));
    databaseUrl = await cluster.newDatabase();
    store = await openStore({ dataDirectory, databaseUrl, statementMilliseconds: LIMIT_MILLISECONDS });
    told = [];
    store.health.onAway = (reason) => told.push(reason);
    await insert("contended");
    somebody = new pg.Client({ connectionString: databaseUrl });
    await somebody.connect();
    await somebody.query("BEGIN; SELECT FROM settings WHERE name = 'contended' FOR UPDATE");
  });
  afterEach(async () => {
    if (whyNot) return;
    await somebody.end();
    await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const insert = (name: string) =>
    store.write(({ db }) => db.insertInto("settings").values({ name, value: "" }).execute());
  const update = (until?: AbortSignal, by = store) =>
    by.write(({ db }) => db.updateTable("settings").set({ value: "done" }).where("name", "=", "contended").execute(), {
      until,
    });
  const stored = async () =>
    (await store.db.selectFrom("settings").select(["name", "value"]).orderBy("name").execute()).map(
      ({ name, value }) => name + value,
    );

  it("is told to its own writer, neither to those who share the commit nor as a database that is away", async () => {
    const writers = [insert("before"), update(new AbortController().signal), insert("after")];
    const [before, slow, after] = await Promise.allSettled(writers);
    expect([before?.status, after?.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(slow).toMatchObject({ status: "rejected", reason: expect.any(StatementTooSlowError) });
    expect((slow as PromiseRejectedResult).reason.message).toMatch(/^the database cancelled .*: update "settings" set/);
    expect(await stored()).toEqual(["after", "before", "contended"]);
    expect(told).toEqual([]);
    await somebody.query("ROLLBACK");
    await update();
    expect(await stored()).toContain("contendeddone");
  });

  it("is told to its reader, whose connection lives on", async () => {
    await expect(sql`SELECT pg_sleep(60)`.execute(store.db)).rejects.toThrow(StatementTooSlowError);
    expect(await stored()).toEqual(["contended"]);
    expect(told).toEqual([]);
  });

  it("is not what an administrator cancelled: that is done again", async () => {
    // With the usual time: it is not to run out before.
    const patient = await openStore({ dataDirectory, databaseUrl });
    const updated = update(undefined, patient);
    await until("the statement to be cancelled", async () => {
      const { rowCount } = await somebody.query(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return (rowCount ?? 0) > 0;
    });
    await somebody.query("ROLLBACK");
    await updated;
    await patient.close();
    expect(await stored()).toEqual(["contendeddone"]);
  });
});
