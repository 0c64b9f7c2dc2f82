import { DatabaseSync } from "node:sqlite";
import { someOf } from "@sluice/model/some-of.ts";
import { Kysely, type QueryExecutorProvider, sql } from "kysely";
import type { Dialect, Migration } from "./migrations.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";

/** What is compared of a database: per table its columns with their types, and its indexes by name. */
export interface TableShape {
  /** Column to `type` or `type not null`, in the words of PostgreSQL. */
  readonly columns: ReadonlyMap<string, string>;
  readonly indexes: ReadonlySet<string>;
}
export type SchemaShape = ReadonlyMap<string, TableShape>;

/** Notes which migrations ran; it is kept by migrate.ts and not by a migration. */
export const MIGRATIONS_TABLE = "migrations";

const DIFFERENCES_TOLD = 5;

/** SQLite's words for types to PostgreSQL's; what is not here is spelled alike. */
const POSTGRES_TYPES: Readonly<Record<string, string>> = { blob: "bytea", real: "double precision" };

interface ColumnRow {
  readonly table_name: string;
  readonly column_name: string;
  readonly type: string;
  readonly required: number | boolean;
}

interface SqliteColumnRow extends ColumnRow {
  readonly is_row_id: number;
}

interface IndexRow {
  readonly table_name: string;
  readonly index_name: string;
}

/** The tables that are there, whoever made them; in PostgreSQL those of the current schema that belong to no extension. */
export async function readSchema(db: QueryExecutorProvider, dialect: Dialect): Promise<SchemaShape> {
  const [columns, indexes] =
    dialect === "sqlite"
      ? [await sqliteColumns(db), await sqliteIndexes(db)]
      : [await postgresColumns(db), await postgresIndexes(db)];
  const shape = new Map<string, { columns: Map<string, string>; indexes: Set<string> }>();
  for (const { table_name, column_name, type, required } of columns) {
    const table = shape.get(table_name) ?? { columns: new Map(), indexes: new Set() };
    shape.set(table_name, table);
    table.columns.set(column_name, required ? `${type} not null` : type);
  }
  for (const { table_name, index_name } of indexes) shape.get(table_name)?.indexes.add(index_name);
  return shape;
}

/** What these migrations make of an empty database. */
export async function expectedSchema(migrations: readonly Migration[]): Promise<SchemaShape> {
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(new DatabaseSync(":memory:")) });
  try {
    for (const { up } of migrations) await up(db, "sqlite");
    return await readSchema(db, "sqlite");
  } finally {
    await db.destroy();
  }
}

/** How the real schema differs, as phrases for a person; empty when it does not. An index more does no harm, and an operator may add one. */
export function schemaDifferences(expected: SchemaShape, real: SchemaShape): string[] {
  const differences: string[] = [];
  for (const [name, table] of expected) {
    const found = real.get(name);
    if (!found) {
      differences.push(`table ${name} is missing`);
      continue;
    }
    for (const [column, type] of table.columns) {
      const foundType = found.columns.get(column);
      if (foundType === undefined) differences.push(`column ${name}.${column} is missing`);
      else if (foundType !== type) differences.push(`column ${name}.${column} is "${foundType}" and not "${type}"`);
    }
    for (const column of found.columns.keys()) {
      if (!table.columns.has(column)) differences.push(`column ${name}.${column} is not Sluice's`);
    }
    for (const index of table.indexes) {
      if (!found.indexes.has(index)) differences.push(`index ${index} on ${name} is missing`);
    }
  }
  return differences;
}

/** Tables that no migration of ours makes. */
export function foreignTables(expected: SchemaShape, real: SchemaShape): string[] {
  return [...real.keys()].filter((name) => name !== MIGRATIONS_TABLE && !expected.has(name));
}

/** The first few, and how many more there are. */
export function tell(differences: readonly string[]): string {
  return someOf(differences, DIFFERENCES_TOLD);
}

async function sqliteColumns(db: QueryExecutorProvider): Promise<ColumnRow[]> {
  const { rows } = await sql<SqliteColumnRow>`
    SELECT m.name AS table_name, c.name AS column_name, lower(c.type) AS type, c."notnull" OR c.pk > 0 AS required,
      lower(c.type) = 'integer' AND c.pk > 0 AND m.sql LIKE '%autoincrement%' AS is_row_id
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  `.execute(db);
  return rows.map((row) => ({
    ...row,
    type: row.is_row_id ? "bigint" : (POSTGRES_TYPES[row.type] ?? row.type),
  }));
}

async function sqliteIndexes(db: QueryExecutorProvider): Promise<IndexRow[]> {
  const { rows } = await sql<IndexRow>`
    SELECT tbl_name AS table_name, name AS index_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
  `.execute(db);
  return rows;
}

async function postgresColumns(db: QueryExecutorProvider): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
    ORDER BY c.relname, a.attnum
  `.execute(db);
  return rows;
}

async function postgresIndexes(db: QueryExecutorProvider): Promise<IndexRow[]> {
  const { rows } = await sql<IndexRow>`
    SELECT tablename AS table_name, indexname AS index_name FROM pg_indexes WHERE schemaname = current_schema()
  `.execute(db);
  return rows;
}
