import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { type Kysely, sql } from "kysely";
import { type Dialect, MIGRATIONS, type Migration } from "./migrations.ts";
import {
  expectedSchema,
  foreignTables,
  MIGRATIONS_TABLE,
  readSchema,
  type SchemaShape,
  schemaDifferences,
  tell,
} from "./real-schema.ts";
import type { Database } from "./schema.ts";

/** A database that this program must not touch: says what is wrong with it, and what to do. */
export class UnusableDatabaseError extends Error {
  override readonly name = "UnusableDatabaseError";
}

export interface MigrateOptions {
  /** Called before a database with something in it is changed, with the name of the first step to come. */
  readonly beforeUpgrade?: (firstStep: string) => Promise<void>;
  /** As if the program had only these. */
  readonly migrations?: readonly Migration[] | undefined;
}

/** Any number that no other program uses: it keeps two replicas from migrating at once. */
const MIGRATION_LOCK = 7203101;

/** The table that notes what ran, as it is found: a database of version 0.1.0 notes names alone. */
type MigrationsTable = "none" | "names" | "checksums";

interface DoneMigration {
  readonly name: string;
  readonly checksum: string | null;
  readonly applied_at: number | null;
  readonly applied_by: string | null;
}

/**
 * Brings the schema up to date in one transaction, so that a step that fails leaves the database as it was. A database that is newer, that
 * is not Sluice's, or whose tables are not those that its migrations make is refused and not touched.
 */
export async function migrate(db: Kysely<Database>, dialect: Dialect, options: MigrateOptions = {}): Promise<void> {
  const migrations = options.migrations ?? MIGRATIONS;
  const before = await pendingMigrations(db, dialect, migrations);
  const first = before.pending[0];
  if (first && before.table !== "none") await options.beforeUpgrade?.(first.name);
  await db.transaction().execute(async (transaction) => {
    if (dialect === "postgres")
      await sql`SELECT pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    const { pending, unstamped, table } = await pendingMigrations(transaction, dialect, migrations);
    await makeMigrationsTable(transaction, table);
    for (const { name, checksums } of unstamped) {
      await sql`UPDATE migrations SET checksum = ${checksums[dialect]} WHERE name = ${name}`.execute(transaction);
    }
    for (const { name, up, checksums } of pending) {
      await up(transaction as unknown as Kysely<unknown>, dialect);
      await sql`INSERT INTO migrations (name, checksum, applied_at, applied_by)
        VALUES (${name}, ${checksums[dialect]}, ${Date.now()}, ${SLUICE_VERSION})`.execute(transaction);
    }
  });
}

interface Pending {
  readonly pending: readonly Migration[];
  /** Done by a version that noted no checksums, and recognised by the tables. */
  readonly unstamped: readonly Migration[];
  readonly table: MigrationsTable;
}

/** What is to be done; throws when the database is not one that this program may go on with. */
async function pendingMigrations(
  db: Kysely<Database>,
  dialect: Dialect,
  migrations: readonly Migration[],
): Promise<Pending> {
  const real = await readSchema(db, dialect);
  const noted = real.get(MIGRATIONS_TABLE);
  if (!noted) {
    if (real.size > 0) throw foreign([...real.keys()]);
    return { pending: migrations, unstamped: [], table: "none" };
  }
  if (!noted.columns.has("name")) throw foreign([MIGRATIONS_TABLE]);
  const table = noted.columns.has("checksum") ? "checksums" : "names";
  const done = await doneMigrations(db, table);
  const known = migrations.slice(0, done.length);
  checkNames(done, migrations);
  checkChecksums(done, known, dialect);
  const unstamped = known.filter((_, index) => done[index]?.checksum == null);
  await checkTables(real, known, unstamped.length > 0);
  return { pending: migrations.slice(done.length), unstamped, table };
}

async function doneMigrations(db: Kysely<Database>, table: MigrationsTable): Promise<readonly DoneMigration[]> {
  const columns =
    table === "checksums"
      ? sql`name, checksum, applied_at, applied_by`
      : sql`name, NULL AS checksum, NULL AS applied_at, NULL AS applied_by`;
  const { rows } = await sql<DoneMigration>`SELECT ${columns} FROM migrations ORDER BY name`.execute(db);
  return rows;
}

function checkNames(done: readonly DoneMigration[], migrations: readonly Migration[]): void {
  const ours = new Set(migrations.map(({ name }) => name));
  const unknown = done.filter(({ name }) => !ours.has(name));
  if (unknown.length > 0) {
    const by = unknown.map(({ name, applied_by }) => (applied_by ? `${name} of version ${applied_by}` : name));
    throw new UnusableDatabaseError(
      `the database was migrated by a newer sluice (it knows ${tell(by)}; this is version ${SLUICE_VERSION}). Start that version, or restore a backup that this version made into an empty data directory or database: sluice restore FILE`,
    );
  }
  const missing = migrations.slice(0, done.length).find(({ name }, index) => done[index]?.name !== name);
  if (missing) {
    throw new UnusableDatabaseError(
      `the database notes ${done.at(-1)?.name} as done but not ${missing.name}, which comes before it. No release of Sluice does that. Restore a backup into an empty data directory or database: sluice restore FILE`,
    );
  }
}

function checkChecksums(done: readonly DoneMigration[], known: readonly Migration[], dialect: Dialect): void {
  for (const [index, { name, checksum, applied_by, applied_at }] of done.entries()) {
    if (checksum === null || checksum === known[index]?.checksums[dialect]) continue;
    const when = applied_at === null ? "" : ` on ${new Date(Number(applied_at)).toISOString()}`;
    throw new UnusableDatabaseError(
      `the database was made by another ${name} than that of this program (by version ${applied_by ?? "unknown"}${when}; checksum ${checksum}). A build between two releases made it. Keep using that build, or restore a backup into an empty data directory or database: sluice restore FILE`,
    );
  }
}

async function checkTables(real: SchemaShape, known: readonly Migration[], isUnstamped: boolean): Promise<void> {
  const expected = await expectedSchema(known);
  const differences = schemaDifferences(expected, real);
  if (differences.length > 0 && isUnstamped) {
    throw new UnusableDatabaseError(
      `the database was made by an early build of sluice 0.1.0, from which there is no upgrade (${tell(differences)}). Start with an empty --data directory or an empty database and enrol the hosts again, or keep using the build that made it`,
    );
  }
  if (differences.length > 0) {
    throw new UnusableDatabaseError(
      `the tables of the database are not those that sluice made: ${tell(differences)}. Somebody changed them. Undo the change, or restore a backup into an empty data directory or database: sluice restore FILE`,
    );
  }
  const others = foreignTables(expected, real);
  if (others.length > 0) throw foreign(others);
}

function foreign(tables: readonly string[]): UnusableDatabaseError {
  return new UnusableDatabaseError(
    `the database holds tables that are not Sluice's: ${tell(tables)}. Give Sluice a database of its own (createdb sluice, then --database postgres://…/sluice; or an empty --data directory), or move these tables to another schema`,
  );
}

async function makeMigrationsTable(db: Kysely<Database>, found: MigrationsTable): Promise<void> {
  if (found === "none") {
    await sql`CREATE TABLE migrations (name text PRIMARY KEY, checksum text, applied_at bigint, applied_by text)`.execute(
      db,
    );
  } else if (found === "names") {
    await sql`ALTER TABLE migrations ADD COLUMN checksum text`.execute(db);
    await sql`ALTER TABLE migrations ADD COLUMN applied_at bigint`.execute(db);
    await sql`ALTER TABLE migrations ADD COLUMN applied_by text`.execute(db);
  }
}
