import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { namingDamage } from "@sluice/model/sqlite-damage.ts";
import { Kysely } from "kysely";
import { DatabaseHealth } from "./database-away.ts";
import { type DatabaseSpace, letNewFileShrink, postgresSpace, sqliteSpace } from "./database-space.ts";
import { LOCK_FILE, lockDirectory } from "./directory-lock.ts";
import { GroupCommit, type Work, type WriteOptions } from "./group-commit.ts";
import { keepCopy } from "./kept-copy.ts";
import { makeDataDirectory } from "./make-data-directory.ts";
import { migrate } from "./migrate.ts";
import type { Dialect, Migration } from "./migrations.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { type OpenPostgres, openPostgres } from "./postgres/open-postgres.ts";
import { ServerLock, type ServerLockParts } from "./postgres/server-lock.ts";
import { requireSessions } from "./postgres/session-check.ts";
import { keepPrivate } from "./private-file.ts";
import type { Database } from "./schema.ts";

/** The database, whichever it is. Reads go through `db`; every write goes through `write`. */
export interface Store {
  readonly dialect: "sqlite" | "postgres";
  readonly db: Kysely<Database>;
  write<T>(work: Work<T>, options?: WriteOptions): Promise<T>;
  close(): Promise<void>;
}

/** The store, how it is, and the disk or server that it is on. */
export interface OpenStore extends Store {
  readonly health: DatabaseHealth;
  readonly space: DatabaseSpace;
  /** The SQLite file, which others may read while the store writes; null in memory and for PostgreSQL. */
  readonly sqliteFile: string | null;
}

export interface StoreLocation {
  /** Holds `sluice.db`; used when there is no `databaseUrl`. `:memory:` keeps nothing. */
  readonly dataDirectory: string;
  /** `postgres://user:password@host:port/database`. */
  readonly databaseUrl?: string | undefined;
  /** Makes the schema of an earlier version, for its backup. */
  readonly migrations?: readonly Migration[] | undefined;
  /** Called before anything is written to the database; refuses it by a rejection. */
  readonly check?: ((db: Kysely<Database>, dialect: Dialect) => Promise<void>) | undefined;
  /** Of PostgreSQL: how a server gets on with others on its database. SQLite has one anyway. Absent: this is not a server. */
  readonly lock?: LockOptions | undefined;
  /** After which PostgreSQL gives a statement up; absent: 8 s. */
  readonly statementMilliseconds?: number | undefined;
}

export type LockOptions = Omit<ServerLockParts, "databaseUrl">;

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

export async function openStore(location: StoreLocation): Promise<OpenStore> {
  return location.databaseUrl === undefined
    ? openSqliteStore(location)
    : openPostgresStore(location.databaseUrl, location);
}

async function openPostgresStore(
  databaseUrl: string,
  { lock: lockOptions, migrations, statementMilliseconds: limit, check }: StoreLocation,
): Promise<OpenStore> {
  const migrating = await openPostgres(databaseUrl, { limit: null });
  let lock: ServerLock | undefined;
  try {
    await requireSessions(migrating.db);
    await check?.(migrating.db, "postgres");
    if (lockOptions) lock = await ServerLock.take({ databaseUrl, ...lockOptions });
    await migrate(migrating.db, "postgres", { migrations, beforeUpgrade: async (step) => lock?.beforeUpgrade(step) });
    await lock?.begin();
    const epoch = lock?.epoch ?? null;
    const fence = lockOptions && { epoch: () => epoch, onTakenOver: lockOptions.onTakenOver };
    return postgresStore(await openPostgres(databaseUrl, { fence, limit }), lock);
  } catch (error) {
    await lock?.close();
    throw error;
  } finally {
    await migrating.close();
  }
}

function postgresStore({ db, health, wasCommitted, close }: OpenPostgres, lock: ServerLock | undefined): OpenStore {
  const commits = new GroupCommit(db, "postgres", true, wasCommitted);
  return {
    dialect: "postgres",
    db,
    health,
    space: postgresSpace(db),
    sqliteFile: null,
    write: (work, options) => commits.write(work, options),
    async close() {
      commits.close();
      await close();
      await lock?.close();
    },
  };
}

async function openSqliteStore({ dataDirectory, migrations, check }: StoreLocation): Promise<OpenStore> {
  const { db, space, sqliteFile, release } = openSqlite(dataDirectory);
  const isFile = dataDirectory !== IN_MEMORY;
  try {
    await check?.(db, "sqlite");
    await migrate(db, "sqlite", {
      migrations,
      ...(isFile ? { beforeUpgrade: (firstStep) => keepCopy(db, dataDirectory, firstStep) } : {}),
    });
    space.letShrink();
  } catch (error) {
    await db.destroy();
    release();
    throw namingDamage(error, sqliteFile ?? IN_MEMORY);
  }
  const commits = new GroupCommit(db, "sqlite", isFile);
  return {
    dialect: "sqlite",
    db,
    health: new DatabaseHealth(),
    space,
    sqliteFile,
    write: (work, options) => commits.write(work, options),
    close: async () => {
      await db.destroy();
      release();
    },
  };
}

/** Before its schema is looked at. */
function openSqlite(
  dataDirectory: string,
): Pick<OpenStore, "db" | "space" | "sqliteFile"> & { readonly release: () => void } {
  const inMemory = dataDirectory === IN_MEMORY;
  const file = inMemory ? IN_MEMORY : join(dataDirectory, "sluice.db");
  if (!inMemory) {
    makeDataDirectory(dataDirectory);
    // It holds every key of the installation, and its directory may be for all to read. SQLite gives its write-ahead log the same mode.
    keepPrivate(file);
  }
  const lock = inMemory ? null : hold(dataDirectory);
  const database = new DatabaseSync(file);
  try {
    letNewFileShrink(database);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("BEGIN IMMEDIATE; COMMIT");
  } catch (error) {
    database.close();
    lock?.release();
    throw inUse(namingDamage(error, file), dataDirectory);
  }
  const db = new Kysely<Database>({ dialect: nodeSqliteDialect(database) });
  return {
    db,
    space: sqliteSpace(database),
    sqliteFile: inMemory ? null : file,
    release: () => lock?.release(),
  };
}

function hold(dataDirectory: string): ReturnType<typeof lockDirectory> {
  try {
    return lockDirectory(dataDirectory);
  } catch (error) {
    const file = join(dataDirectory, LOCK_FILE);
    throw inUse(namingDamage(error, file, `Nothing is kept in it: rm ${file}`), dataDirectory);
  }
}

/** Version 0.1.0 holds the database itself. */
function inUse(error: unknown, dataDirectory: string): unknown {
  const isLocked = error instanceof Error && /locked|busy/i.test(error.message);
  return isLocked ? new DataDirectoryInUseError(dataDirectory, { cause: error }) : error;
}
