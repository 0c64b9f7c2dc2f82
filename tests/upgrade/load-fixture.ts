import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "@sluice/server/store/migrations.ts";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { freePort } from "../../scripts/free-port.ts";
import { type FixtureFile, filler, type Places, writeFiles } from "./fixture-files.ts";

const ROOT = resolve(import.meta.dirname, "fixtures");
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

interface FixtureFiles {
  readonly madeAt: number;
  readonly deploymentId: string;
  readonly server: readonly FixtureFile[];
  readonly hosts: Readonly<
    Record<string, { readonly agent: readonly FixtureFile[]; readonly hooks: readonly FixtureFile[] }>
  >;
}

/** What a version left behind when it was killed in the middle of a deployment, as if that had been a moment ago. */
export interface LoadedFixture {
  readonly deploymentId: string;
  readonly data: string;
  readonly port: number;
  readonly hosts: readonly { readonly name: string; readonly agent: string; readonly hooks: string }[];
  remove(): void;
}

export const FIXTURES = readdirSync(ROOT).sort();

/** @param databaseUrl an empty PostgreSQL database; without it SQLite in the data directory */
export async function loadFixture(name: string, databaseUrl: string | undefined): Promise<LoadedFixture> {
  const read = (file: string) => readFileSync(join(ROOT, name, file), "utf8");
  const files = JSON.parse(read("files.json")) as FixtureFiles;
  const root = mkdtempSync(join(tmpdir(), "sluice-upgrade-"));
  const port = await freePort();
  const data = join(root, "server");
  const hosts = Object.keys(files.hosts).map((host) => ({
    name: host,
    agent: join(root, host),
    hooks: join(root, `${host}-hooks`),
  }));
  const places: Places = {
    server: `http://127.0.0.1:${port}`,
    data,
    ...Object.fromEntries(
      hosts.flatMap((host) => [
        [host.name, host.agent],
        [`${host.name}-hooks`, host.hooks],
      ]),
    ),
  };
  const times = { from: files.madeAt - DAY_MILLISECONDS, until: files.madeAt + DAY_MILLISECONDS };
  const fill = filler(places, { ...times, shift: Date.now() - files.madeAt });
  mkdirSync(join(data, "bucket"), { recursive: true });
  writeFiles(data, files.server, fill);
  for (const host of hosts) {
    writeFiles(host.agent, files.hosts[host.name]!.agent, fill);
    writeFiles(host.hooks, files.hosts[host.name]!.hooks, fill);
    for (const folder of ["ran", "ended", "hold"]) mkdirSync(join(host.hooks, folder), { recursive: true });
  }
  writeSqlite(join(data, "bucket/index.sqlite"), read("bucket.sql"));
  if (databaseUrl) await writePostgres(databaseUrl, name, read("schema.sql"), fill(read("rows.sql")));
  else writeSqlite(join(data, "sluice.db"), read("schema.sql") + fill(read("rows.sql")));
  return {
    deploymentId: files.deploymentId,
    data,
    port,
    hosts,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function writeSqlite(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(`BEGIN; ${sql} COMMIT;`);
  database.close();
}

/** The tables as that version's migrations made them on PostgreSQL (their checksums hold them), and the same rows. */
async function writePostgres(databaseUrl: string, newest: string, schema: string, rows: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const released = MIGRATIONS.slice(0, MIGRATIONS.findIndex(({ name }) => name === newest) + 1);
  for (const { up } of released) await up(db, "postgres");
  // The fixture was made on SQLite, and each database has checksums of its own.
  const noted = released.reduce((text, { checksums }) => text.replace(checksums.sqlite, checksums.postgres), rows);
  const migrationsTable = /CREATE TABLE migrations [^;]*;/.exec(schema)?.[0];
  await pool.query(`${migrationsTable}\n${noted.replace(/\bX'([0-9a-f]*)'/g, "'\\x$1'::bytea")}`);
  await pool.query("SELECT setval(pg_get_serial_sequence('events', 'event_id'), (SELECT max(event_id) FROM events))");
  await db.destroy();
}
