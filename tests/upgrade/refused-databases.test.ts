import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, UnusableDatabaseError } from "@sluice/server/store/migrate.ts";
import { MIGRATIONS, type Migration } from "@sluice/server/store/migrations.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";

const MORE: Migration = {
  name: "9998-more",
  up: async (db) => {
    await db.schema
      .createTable("more")
      .addColumn("id", "text", (column) => column.primaryKey())
      .execute();
  },
  checksums: { sqlite: "sqlite", postgres: "postgres" },
};

let cluster: PostgresCluster | undefined;
beforeAll(async () => {
  if (whyNoPostgres() === null) cluster = await startPostgres();
});
afterAll(async () => cluster?.stop());

describe.each(["sqlite", "postgres"] as const)("a database on %s", (dialect) => {
  let dataDirectory: string;
  let databaseUrl: string | undefined;
  let store: Store | undefined;

  beforeEach(async (context) => {
    if (dialect === "postgres" && !cluster) return context.skip(whyNoPostgres() ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-upgrade-"));
    databaseUrl = dialect === "postgres" ? await cluster?.newDatabase() : undefined;
  });
  const close = async () => {
    await store?.close();
    store = undefined;
  };
  afterEach(async () => {
    await close();
    if (dataDirectory) rmSync(dataDirectory, { recursive: true, force: true });
  });

  const open = async () => {
    store = await openStore({ dataDirectory, databaseUrl });
    return store;
  };
  /** Changes the database behind Sluice's back, between two starts. */
  const change = async (...statements: string[]) => {
    const { db } = await open();
    for (const statement of statements) await sql.raw(statement).execute(db);
    await close();
  };
  const refusal = async () => {
    const error = await open().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UnusableDatabaseError);
    return (error as Error).message;
  };
  /** As version 0.1.0 leaves it: names without checksums. */
  const forgetChecksums = [
    "DROP TABLE migrations",
    "CREATE TABLE migrations (name TEXT PRIMARY KEY)",
    "INSERT INTO migrations (name) VALUES ('0001-first-tables')",
    ...MIGRATIONS.slice(1).map(({ name }) => `INSERT INTO migrations (name) VALUES ('${name}')`),
  ];

  it("notes what ran, by which version, and starts again", async () => {
    const { db } = await open();
    const read = async () =>
      (
        await sql<{
          name: string;
          checksum: string;
          applied_by: string;
        }>`SELECT * FROM migrations ORDER BY name`.execute(db)
      ).rows;
    const noted = await read();
    expect(noted.map(({ name }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(noted.map(({ checksum }) => checksum)).toEqual(MIGRATIONS.map(({ checksums }) => checksums[dialect]));
    expect(noted[0]?.applied_by).toMatch(/^\d+\.\d+\.\d+$/);
    await close();
    await open();
  });

  it("without checksums is recognised by its tables, and noted", async () => {
    await change(...forgetChecksums);
    const { db } = await open();
    const { rows } = await sql<{ checksum: string }>`SELECT checksum FROM migrations ORDER BY name`.execute(db);
    expect(rows.map(({ checksum }) => checksum)).toEqual(MIGRATIONS.map(({ checksums }) => checksums[dialect]));
  });

  it("of a build in which the first tables were others is refused", async () => {
    await change(
      ...forgetChecksums,
      "DROP INDEX deployments_watching_alarms",
      "ALTER TABLE deployments DROP COLUMN watches_alarms",
    );
    expect(await refusal()).toMatch(
      /early build of sluice 0\.1\.0, .*column deployments\.watches_alarms is missing.*Start with an empty --data directory or an empty database/,
    );
  });

  it("that a newer version has migrated is refused", async () => {
    await change("INSERT INTO migrations (name, checksum, applied_by) VALUES ('9999-future', 'x', '9.0.0')");
    expect(await refusal()).toMatch(
      /newer sluice \(it knows 9999-future of version 9\.0\.0; this is version .*sluice restore FILE/,
    );
  });

  it("that an edited migration has made is refused", async () => {
    await change("UPDATE migrations SET checksum = 'edited' WHERE name = '0001-first-tables'");
    expect(await refusal()).toMatch(/made by another 0001-first-tables than that of this program \(by version \d/);
  });

  it("with a step left out is refused", async () => {
    await change("UPDATE migrations SET name = '0000-before' WHERE name = '0001-first-tables'");
    expect(await refusal()).toMatch(/0000-before/);
  });

  it.each([
    ["ALTER TABLE hosts ADD COLUMN colour text", "column hosts.colour is not Sluice's"],
    ["DROP TABLE desired_traffic", "table desired_traffic is missing"],
    ["DROP INDEX deployments_one_active", "index deployments_one_active on deployments is missing"],
  ])("after %s is refused", async (statement, difference) => {
    await change(statement);
    expect(await refusal()).toContain(difference);
  });

  it("of another program is refused before anything is written", async () => {
    await change(...forgetChecksums, "DROP TABLE migrations", "CREATE TABLE orders (id text)");
    expect(await refusal()).toMatch(/tables that are not Sluice's: .*Give Sluice a database of its own/);
    expect(await refusal()).toMatch(/not Sluice's/);
  });

  it("with one more table is refused, and with one more index it is not", async () => {
    await change("CREATE INDEX my_own ON hosts (zone)");
    await change("CREATE TABLE orders (id text)");
    expect(await refusal()).toContain("tables that are not Sluice's: orders");
  });

  it("stays as it was when a step fails", async () => {
    const { db } = await open();
    const broken: Migration = { ...MORE, name: "9999-broken", up: () => Promise.reject(new Error("broken")) };
    await expect(migrate(db, dialect, { migrations: [...MIGRATIONS, MORE, broken] })).rejects.toThrow("broken");
    await close();
    await open();
  });
});
