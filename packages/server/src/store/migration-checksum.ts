import { createHash } from "node:crypto";
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Dialect, Migration } from "./migrations.ts";

/**
 * The statements that a migration sends to an empty database, in order. What it does counts, and not how its source is written: a
 * comment or a new formatter changes nothing, an edited helper that it calls does.
 */
export async function migrationStatements(up: Migration["up"], dialect: Dialect): Promise<string[]> {
  const statements: string[] = [];
  const isPostgres = dialect === "postgres";
  const recorder = new Kysely<unknown>({
    dialect: {
      createAdapter: () => (isPostgres ? new PostgresAdapter() : new SqliteAdapter()),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => (isPostgres ? new PostgresIntrospector(db) : new SqliteIntrospector(db)),
      createQueryCompiler: () => (isPostgres ? new PostgresQueryCompiler() : new SqliteQueryCompiler()),
    },
    log: ({ query }) => {
      statements.push(query.parameters.length > 0 ? `${query.sql} -- ${JSON.stringify(query.parameters)}` : query.sql);
    },
  });
  await up(recorder, dialect);
  await recorder.destroy();
  return statements;
}

/** SHA-256 of the statements, hex. */
export async function migrationChecksum(up: Migration["up"], dialect: Dialect): Promise<string> {
  const statements = await migrationStatements(up, dialect);
  return createHash("sha256").update(statements.join(";\n")).digest("hex");
}
