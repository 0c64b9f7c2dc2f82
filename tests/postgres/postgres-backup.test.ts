import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { toJson } from "@sluice/model/stored-json/stored-json.ts";
import { restoreBackup } from "@sluice/server/backup/restore-backup.ts";
import { writeBackup } from "@sluice/server/backup/write-backup.ts";
import { dataDirectory } from "@sluice/server/store/data-directory.ts";
import { appendEvents } from "@sluice/server/store/events.ts";
import { insertHost } from "@sluice/server/store/hosts.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import { insertTargets } from "@sluice/server/store/targets.ts";
import { BUCKET_INDEX_PATH, DATABASE_PREFIX, LOGS_PREFIX } from "@sluice/wire/backup/backup-format.ts";
import { backupEntries, readLines, verifyBackup } from "@sluice/wire/backup/backup-reader.ts";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import { addApplication, addDeployment, addGroup, host, message, NOON, target } from "./store.fixture.ts";

/** Of PostgreSQL, in place of the product's 30 s. */
const IDLE_MILLISECONDS = 500;
const STALL_MILLISECONDS = 3 * IDLE_MILLISECONDS;
const LOG = "d-1/output.ndjson";

const whyNot = whyNoPostgres();
let cluster: PostgresCluster;
let folder: string;
let directories = 0;
const newDirectory = () => join(folder, `data-${++directories}`);

beforeAll(async () => {
  if (whyNot) return;
  cluster = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "sluice-postgres-backup-"));
});
beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
afterAll(async () => {
  await cluster?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

interface Place {
  readonly data: string;
  readonly databaseUrl?: string | undefined;
}

async function withStore<T>(
  { data, databaseUrl }: Place,
  work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
): Promise<T> {
  const store = await openStore({ dataDirectory: data, databaseUrl });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A server's data: rows in several tables, an object, and a log. */
async function fill(place: Place): Promise<void> {
  const directory = dataDirectory(place.data);
  mkdirSync(join(directory.logs, "d-1"), { recursive: true });
  writeFileSync(join(directory.logs, LOG), "a line\n");
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date() });
  bucket.createBucket("releases");
  bucket.close();
  await withStore(place, async (store) => {
    await addApplication(store);
    const deploymentId = await addDeployment(store, await addGroup(store));
    await store.write(async (transaction) => {
      await insertTargets(transaction, deploymentId, [target("i-1"), target("i-2")]);
      await appendEvents(transaction, deploymentId, 0, [message("one"), message("two\\ \u2028")], NOON);
      await insertHost(transaction, host("i-1", { address: "ünïcode \u{1f980}" }));
    });
    await store.write(({ db }) => db.insertInto("settings").values({ name: "a", value: "b" }).execute());
  });
}

async function backUp(place: Place, onBytes: (bytes: Buffer) => Promise<void> = async () => {}): Promise<string> {
  const directory = dataDirectory(place.data);
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date() });
  const { signal } = new AbortController();
  const pieces: Buffer[] = [];
  try {
    await withStore(place, (store) =>
      writeBackup({ store, bucket, directory, now: Date.now }, { hasLogs: true, signal }, async (bytes) => {
        pieces.push(Buffer.from(bytes));
        await onBytes(Buffer.from(bytes));
      }),
    );
  } finally {
    bucket.close();
  }
  const file = `${place.data}.tar`;
  writeFileSync(file, Buffer.concat(pieces));
  return file;
}

/** Rows by table, without what a restore notes itself. */
async function rowsOf(file: string): Promise<Record<string, unknown[]>> {
  await verifyBackup(file);
  const tables: Record<string, unknown[]> = {};
  for await (const entry of backupEntries(file)) {
    if (!entry.path.startsWith(DATABASE_PREFIX)) continue;
    const rows = await readLines(entry, file);
    tables[entry.path] = rows.filter(({ name }) => name !== "restored" && name !== "database.id");
  }
  return tables;
}

async function ask<Row extends object>(databaseUrl: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

it("is whole although its reader takes longer than a transaction may stand idle, and lets the database go for bucket and logs", async () => {
  const databaseUrl = await cluster.newDatabase();
  const place = {
    data: newDirectory(),
    databaseUrl: `${databaseUrl}?idle_in_transaction_session_timeout=${IDLE_MILLISECONDS}`,
  };
  await fill({ ...place, databaseUrl });
  const stalls: string[] = [];
  let open: unknown;
  const file = await backUp(place, async (bytes) => {
    if (bytes.includes(BUCKET_INDEX_PATH)) {
      stalls.push(BUCKET_INDEX_PATH);
      open = await ask(databaseUrl, "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
    } else if (bytes.includes(DATABASE_PREFIX) && stalls.length === 0) {
      stalls.push(DATABASE_PREFIX);
      await sleep(STALL_MILLISECONDS);
    }
  });
  expect(stalls.slice(0, 2)).toEqual([DATABASE_PREFIX, BUCKET_INDEX_PATH]);
  expect(open).toEqual([]);
  await expect(verifyBackup(file)).resolves.toMatchObject({ manifest: { database: "postgres" } });
});

it("is restored although the connection is lost in the middle of the database's transaction", async () => {
  const source = { data: newDirectory() };
  await fill(source);
  const file = await backUp(source);
  const databaseUrl = await cluster.newDatabase();
  await withStore({ data: newDirectory(), databaseUrl }, async () => {});
  // Ends its own connection, once: sequences are not rolled back.
  await ask(
    databaseUrl,
    `CREATE SEQUENCE once;
     CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('once') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER cut BEFORE INSERT ON settings FOR EACH ROW EXECUTE FUNCTION cut()`,
  );
  const data = newDirectory();
  await restoreBackup({ file, dataDirectory: data, databaseUrl, now: Date.now });
  expect(await ask(databaseUrl, "SELECT is_called, last_value > 1 AS again FROM once")).toEqual([
    { is_called: true, again: true },
  ]);
  expect(readFileSync(join(data, LOGS_PREFIX, LOG), "utf8")).toBe("a line\n");
  expect(await rowsOf(await backUp({ data, databaseUrl }))).toEqual(await rowsOf(file));
});

it("leaves nothing behind when its restore fails, which can then be repeated", async () => {
  const source = { data: newDirectory() };
  await fill(source);
  const file = await backUp(source);
  const databaseUrl = await cluster.newDatabase();
  const data = newDirectory();
  const failing = restoreBackup({
    file,
    dataDirectory: data,
    databaseUrl,
    now: () => {
      throw new Error("no clock");
    },
  });
  await expect(failing).rejects.toThrow("no clock");
  expect(existsSync(data)).toBe(false);
  await restoreBackup({ file, dataDirectory: data, databaseUrl, now: Date.now });
  expect(await rowsOf(await backUp({ data, databaseUrl }))).toEqual(await rowsOf(file));
});

it("says the same after a way from SQLite to PostgreSQL and back", async () => {
  const sqlite = { data: newDirectory() };
  await fill(sqlite);
  const first = await backUp(sqlite);
  const before = await rowsOf(first);
  expect(Object.keys(before).length).toBeGreaterThan(5);
  const postgres = { data: newDirectory(), databaseUrl: await cluster.newDatabase() };
  await restoreBackup({ file: first, dataDirectory: postgres.data, databaseUrl: postgres.databaseUrl, now: Date.now });
  const second = await backUp(postgres);
  expect(await rowsOf(second)).toEqual(before);
  const back = { data: newDirectory() };
  await restoreBackup({ file: second, dataDirectory: back.data, now: Date.now });
  expect(await rowsOf(await backUp(back))).toEqual(before);
  // New events are numbered after all that a reader has seen, on either.
  for (const place of [postgres, back]) {
    const added = await withStore(place, (store) =>
      store.write(({ db }) =>
        db
          .insertInto("events")
          .values({ deployment_id: "d-2", sequence: 1, at: 0, type: "t", body_json: toJson({}) })
          .returning("event_id")
          .executeTakeFirstOrThrow(),
      ),
    );
    expect(Number(added.event_id)).toBeGreaterThan(1_000_000);
  }
});
