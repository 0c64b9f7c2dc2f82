import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { dataDirectory as filesOf, writeWhole } from "./data-directory.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { makeDataDirectory } from "./make-data-directory.ts";
import type { Dialect } from "./migrations.ts";
import type { Store } from "./open-store.ts";
import { databaseAddress } from "./postgres/database-url.ts";
import { NoSuchDatabaseError } from "./postgres/open-postgres.ts";
import type { Database } from "./schema.ts";
import { readSetting, settingOrNew, writeSetting } from "./settings.ts";

/** Which database a data directory belongs to: the content of its `database.json`. */
export interface OwnDatabase {
  /** Of the database, made at its first start. A restored database has a new one: what the old directory holds is not its. */
  readonly id: string;
  /** `HOST/DATABASE`; null: SQLite, in the directory. */
  readonly postgres: string | null;
}

export interface DatabasePlace {
  readonly dataDirectory: string;
  readonly databaseUrl?: string | undefined;
}

/** Logs and bundles in a data directory are those of one database: with another one retention would take them for left behind. */
export class OtherDatabaseError extends Error {
  override readonly name = "OtherDatabaseError";
}

export const OWN_DATABASE_FILE = "database.json";
const ID_SETTING = "database.id";

/** What can be told without opening the database. Rejects with an `OtherDatabaseError`. */
export function checkPlace(place: DatabasePlace): void {
  const { dataDirectory, databaseUrl } = place;
  const own = readOwnDatabase(dataDirectory);
  const hasFile = existsSync(join(dataDirectory, "sluice.db"));
  if (databaseUrl === undefined && own?.postgres !== null && (own || (isUsed(dataDirectory) && !hasFile))) {
    throw belongsTo(dataDirectory, own?.postgres);
  }
  if (own?.postgres !== null || own === null) return;
  if (databaseUrl !== undefined) {
    throw new OtherDatabaseError(
      `${dataDirectory} belongs to the SQLite database in it. Start it with that one: sluice server --data ${dataDirectory}. To move it to PostgreSQL: sluice backup FILE --data ${dataDirectory}, then sluice restore FILE --data NEWDIR --database URL`,
    );
  }
  if (!hasFile) throw replaced(place, "which is gone");
}

/** Before anything is written to the database. Rejects with an `OtherDatabaseError`. */
export async function checkDatabase(db: Kysely<Database>, dialect: Dialect, place: DatabasePlace): Promise<void> {
  const { dataDirectory } = place;
  const own = readOwnDatabase(dataDirectory);
  const hasTables = await hasTablesOf(db, dialect);
  const isStarted = hasTables && (await wasStarted(db));
  if (!own) {
    if (!isStarted && isUsed(dataDirectory)) throw replaced(place, "which is empty");
    return;
  }
  // It is there before root's key is: a first start may have been killed in between.
  const id = hasTables ? await readSetting(db, ID_SETTING) : undefined;
  const name = nameOf(place);
  // Without an id it was made before there were any, and is the same as long as its name is.
  if (id === own.id || (isStarted && id === undefined && name === own.postgres)) return;
  if (name !== own.postgres) throw belongsTo(dataDirectory, own.postgres, name ? `, and ${name} is another one` : "");
  throw replaced(place, isStarted ? "which is another one now" : "which is empty");
}

/** Of a database that is not there, where the directory belongs to one of another name: that one first, since a new one would be refused. */
export function namingOwnDatabase(error: unknown, place: DatabasePlace): unknown {
  if (!(error instanceof NoSuchDatabaseError)) return error;
  const own = readOwnDatabase(place.dataDirectory);
  const asked = nameOf(place);
  if (!own?.postgres || own.postgres === asked) return error;
  return belongsTo(place.dataDirectory, own.postgres, `, and ${asked} does not exist`, error);
}

/** Notes the database in the directory, by the name that it has now, and makes its id when it has none. */
export async function adoptDatabase(store: Store, place: DatabasePlace): Promise<void> {
  const known = readOwnDatabase(place.dataDirectory)?.id;
  const id = await settingOrNew(store, ID_SETTING, async () => known ?? randomUUID());
  makeDataDirectory(place.dataDirectory);
  writeOwnDatabase(place.dataDirectory, { id, postgres: nameOf(place) });
}

/** Of a database that was adopted: what it is called for others. */
export async function databaseId(store: Store): Promise<string> {
  const id = await readSetting(store.db, ID_SETTING);
  if (id === undefined) throw new Error("the database has no id yet");
  return id;
}

/** For a database that is a copy, and goes its own way from now on. */
export async function giveNewId({ db }: Pick<WriteTransaction, "db">, id: string): Promise<void> {
  await writeSetting(db, ID_SETTING, id);
}

export function writeOwnDatabase(dataDirectory: string, own: OwnDatabase): void {
  writeWhole(join(dataDirectory, OWN_DATABASE_FILE), `${JSON.stringify(own)}\n`, 0o600);
}

/** `HOST/DATABASE`, or null for SQLite. */
export function nameOf({ databaseUrl }: Pick<DatabasePlace, "databaseUrl">): string | null {
  return databaseUrl === undefined ? null : databaseAddress(databaseUrl).name;
}

function readOwnDatabase(dataDirectory: string): OwnDatabase | null {
  const file = join(dataDirectory, OWN_DATABASE_FILE);
  if (!existsSync(file)) return null;
  try {
    const { id, postgres } = JSON.parse(readFileSync(file, "utf8")) as Partial<OwnDatabase>;
    if (typeof id === "string" && (postgres === null || typeof postgres === "string")) return { id, postgres };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(
    `${file} does not say which database ${dataDirectory} belongs to. If you are sure of the database, remove the file, and the server writes it again: rm ${file}`,
  );
}

/** A server wrote its clients' files there. */
function isUsed(dataDirectory: string): boolean {
  return existsSync(filesOf(dataDirectory).awsCredentials);
}

async function hasTablesOf(db: Kysely<Database>, dialect: Dialect): Promise<boolean> {
  const { rows } =
    dialect === "sqlite"
      ? await sql`SELECT 1 FROM sqlite_master WHERE name = 'access_keys'`.execute(db)
      : await sql`SELECT 1 WHERE to_regclass('access_keys') IS NOT NULL`.execute(db);
  return rows.length > 0;
}

/** A server makes root's key at its first start. */
async function wasStarted(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom("access_keys").select("access_key_id").limit(1).executeTakeFirst()) !== undefined;
}

function belongsTo(
  dataDirectory: string,
  own: string | null | undefined,
  other = "",
  cause?: unknown,
): OtherDatabaseError {
  const which = own
    ? `the PostgreSQL database ${own}`
    : "a PostgreSQL database: a server used it, and it has no sluice.db";
  const url = own?.startsWith("/") ? `postgres://${own}` : `postgres://USER:PASSWORD@${own ?? "HOST:PORT/DATABASE"}`;
  return new OtherDatabaseError(
    `${dataDirectory} belongs to ${which}${other}. Start it with that one: sluice server --data ${dataDirectory} --database ${url}`,
    { cause },
  );
}

/** The name is right, and what bears it is not what the directory knows. */
function replaced({ dataDirectory, databaseUrl }: DatabasePlace, how: string): OtherDatabaseError {
  const which =
    databaseUrl === undefined
      ? `the SQLite database ${join(dataDirectory, "sluice.db")}`
      : `a database of before, and not to ${nameOf({ databaseUrl })}`;
  const database = databaseUrl === undefined ? "" : " --database URL";
  return new OtherDatabaseError(
    `${dataDirectory} belongs to ${which}, ${how}. Restore that database, or restore a backup into a new directory: sluice restore FILE --data NEWDIR${database}. To start with an empty server, name a new directory: sluice server --data NEWDIR${database}`,
  );
}
