import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, PostgresDialect, sql } from "kysely";
import { GroupCommit, type Work } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import type { Database } from "./schema.ts";

/** The database, whichever it is. Reads go through `db`; every write goes through `write`. */
export interface Store {
  readonly dialect: "sqlite" | "postgres";
  readonly db: Kysely<Database>;
  write<T>(work: Work<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreLocation {
  /** Holds `sluice.db`; used when there is no `databaseUrl`. `:memory:` keeps nothing. */
  readonly dataDirectory: string;
  /** `postgres://user:password@host:port/database`. */
  readonly databaseUrl?: string | undefined;
}

/** A second server on the same data directory: said so, and left alone. */
export class DataDirectoryInUseError extends Error {
  constructor(dataDirectory: string, options?: ErrorOptions) {
    super(
      `data directory ${dataDirectory} is in use by another sluice server; stop that one, or start this one with another --data`,
      options,
    );
    this.name = "DataDirectoryInUseError";
  }
}

const IN_MEMORY = ":memory:";
const PRIVATE_FILE = 0o600;
const POSTGRES_POOL_CONNECTIONS = 10;

export async function openStore(location: StoreLocation): Promise<Store> {
  const { dialect, db } = location.databaseUrl
    ? { dialect: "postgres" as const, db: await openPostgres(location.databaseUrl) }
    : { dialect: "sqlite" as const, db: openSqlite(location.dataDirectory) };
  try {
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const commits = new GroupCommit(
    db,
    dialect,
    location.dataDirectory !== IN_MEMORY || location.databaseUrl !== undefined,
  );
  return { dialect, db, write: (work) => commits.write(work), close: () => db.destroy() };
}

function openSqlite(dataDirectory: string): Kysely<Database> {
  const inMemory = dataDirectory === IN_MEMORY;
  const file = inMemory ? IN_MEMORY : join(dataDirectory, "sluice.db");
  if (!inMemory) {
    makeDataDirectory(dataDirectory);
    keepPrivate(file);
  }
  const database = new DatabaseSync(file);
  try {
    // Exclusive: the operating system drops the lock with the process, however that ends, and no second server gets in.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("BEGIN IMMEDIATE; COMMIT");
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw new DataDirectoryInUseError(dataDirectory, { cause: error });
    }
    throw error;
  }
  return new Kysely<Database>({ dialect: nodeSqliteDialect(database) });
}

/**
 * The database holds every key of the installation, and its directory may have been made by somebody else, for all to read. SQLite gives
 * its write-ahead log the mode of the database. Never opened when it is there: closing it again would drop a lock of this process.
 */
function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", PRIVATE_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    chmodSync(file, PRIVATE_FILE);
  }
}

/**
 * Level by level, since Node's own recursive mkdir never returns where the parent exists and yet nothing can be made in it (/proc).
 */
function makeDataDirectory(path: string): void {
  const absolute = resolve(path);
  if (existsSync(absolute)) return;
  const parent = dirname(absolute);
  if (!existsSync(parent)) makeDataDirectory(parent);
  try {
    mkdirSync(absolute, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the data directory ${absolute} cannot be made: ${reason}; choose another --data`, {
      cause: error,
    });
  }
}

async function openPostgres(databaseUrl: string): Promise<Kysely<Database>> {
  // Loaded here only: who runs on SQLite does not pay for the driver.
  const { default: pg } = await import("pg");
  const types = new pg.TypeOverrides();
  // bigint columns hold epoch milliseconds and counters, all below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POSTGRES_POOL_CONNECTIONS, types });
  // A lost idle connection must not end the process; the next query opens another one or tells its caller.
  pool.on("error", () => {});
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`SELECT 1`.execute(db);
  } catch (error) {
    await db.destroy();
    const url = new URL(databaseUrl);
    throw new Error(
      `cannot reach the database ${url.host}${url.pathname} as ${url.username}: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  return db;
}
