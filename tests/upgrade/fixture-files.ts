import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A file of a fixture: text where it is text, so that a change of a fixture can be read. */
export interface FixtureFile {
  readonly path: string;
  readonly mode: number;
  readonly text?: readonly string[];
  readonly base64?: string;
  readonly linkTo?: string;
}

/** What stands in a fixture's text for something that differs in each run, by placeholder. */
export type Places = Readonly<Record<string, string>>;

export function readFiles(root: string, places: Places, below = ""): FixtureFile[] {
  return readdirSync(join(root, below)).flatMap((name): FixtureFile[] => {
    const path = below ? `${below}/${name}` : name;
    const full = join(root, path);
    const stat = lstatSync(full);
    if (stat.isDirectory()) return readFiles(root, places, path);
    const mode = stat.mode & 0o777;
    if (stat.isSymbolicLink()) return [{ path, mode, linkTo: toPlaceholders(readlinkSync(full), places) }];
    if (!stat.isFile()) return [];
    const bytes = readFileSync(full);
    const text = bytes.toString("utf8");
    if (!Buffer.from(text).equals(bytes) || text.includes("\0"))
      return [{ path, mode, base64: bytes.toString("base64") }];
    return [{ path, mode, text: toPlaceholders(text, places).split("\n") }];
  });
}

export function writeFiles(root: string, files: readonly FixtureFile[], fill: (text: string) => string): void {
  for (const { path, mode, text, base64, linkTo } of files) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (linkTo !== undefined) {
      symlinkSync(fill(linkTo), full);
      continue;
    }
    writeFileSync(full, text ? fill(text.join("\n")) : Buffer.from(base64 ?? "", "base64"));
    chmodSync(full, mode);
  }
}

export function toPlaceholders(text: string, places: Places): string {
  return Object.entries(places).reduce((done, [name, value]) => done.replaceAll(value, `{{${name}}}`), text);
}

/** Puts the places of this run in, and moves every time between `from` and `until` by `shift` milliseconds, as if it had happened just now. */
export function filler(places: Places, { from, until, shift }: { from: number; until: number; shift: number }) {
  const isOfThen = (time: number) => time >= from && time <= until;
  return (text: string): string =>
    Object.entries(places)
      .reduce((done, [name, value]) => done.replaceAll(`{{${name}}}`, value), text)
      .replace(/\b1[789]\d{11}\b/g, (digits) => String(isOfThen(Number(digits)) ? Number(digits) + shift : digits))
      .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (iso) =>
        isOfThen(Date.parse(iso)) ? new Date(Date.parse(iso) + shift).toISOString() : iso,
      );
}

/** A database as SQL: what makes its tables, and one INSERT a row. */
export function dumpSqlite(file: string): {
  readonly version: number;
  readonly schema: string[];
  readonly rows: string[];
} {
  const database = new DatabaseSync(file);
  const objects = database.prepare(
    "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
  );
  const made = objects.all() as unknown as { name: string; type: string; sql: string }[];
  const rows: string[] = [];
  for (const { name } of made.filter(({ type }) => type === "table")) {
    for (const row of database.prepare(`SELECT * FROM "${name}"`).all()) {
      const values = Object.values(row).map(literal).join(", ");
      rows.push(`INSERT INTO ${name} (${Object.keys(row).join(", ")}) VALUES (${values});`);
    }
  }
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  database.close();
  return { version, schema: made.map(({ sql }) => `${sql};`), rows };
}

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString("hex")}'`;
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
