/**
 * The index beside the blobs: one SQLite file. Keys are BLOBs, which SQLite compares byte by byte: S3's own order. A commit is on
 * disk when it returns (`synchronous=FULL`), so a write that was answered survives a power cut.
 */
import { DatabaseSync } from "node:sqlite";
import { namingDamage } from "@sluice/model/sqlite-damage.ts";

/** Never changed: what a data directory has been through is known by how many of them it has had. */
const MIGRATIONS = [
  `
  CREATE TABLE buckets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: a write begun before a deletion must not land in a namesake
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE objects (
    bucket_id INTEGER NOT NULL REFERENCES buckets(id),
    key BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum TEXT,
    attributes TEXT NOT NULL,
    segments TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    bucket_id INTEGER NOT NULL REFERENCES buckets(id),
    key BLOB NOT NULL,
    initiated_at INTEGER NOT NULL,
    checksum_algorithm TEXT,
    checksum_type TEXT,
    attributes TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_key ON uploads (bucket_id, key, id);
  CREATE TABLE parts (
    upload_id TEXT NOT NULL REFERENCES uploads(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum_algorithm TEXT,
    checksum TEXT,
    blob TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) STRICT, WITHOUT ROWID;
`,
  // Current objects stay where they are, so a bucket without versioning costs what it did. `version` NULL is S3's "null" version.
  `
  ALTER TABLE buckets ADD COLUMN versioning TEXT CHECK (versioning IN ('Enabled', 'Suspended'));
  ALTER TABLE objects ADD COLUMN version TEXT;
  ALTER TABLE objects ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE versions (
    bucket_id INTEGER NOT NULL REFERENCES buckets(id),
    key BLOB NOT NULL,
    sequence INTEGER NOT NULL, -- of one key: the higher the newer
    version TEXT,
    is_marker INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum TEXT,
    attributes TEXT NOT NULL,
    segments TEXT NOT NULL,
    PRIMARY KEY (bucket_id, key, sequence DESC)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX versions_null ON versions (bucket_id, key) WHERE version IS NULL;
  CREATE TABLE version_clock (last INTEGER NOT NULL) STRICT;
  INSERT INTO version_clock VALUES (0);
  CREATE TABLE completions (
    upload_id TEXT PRIMARY KEY,
    bucket_id INTEGER NOT NULL REFERENCES buckets(id),
    key BLOB NOT NULL,
    request_digest TEXT NOT NULL,
    object TEXT NOT NULL,
    completed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX completions_by_time ON completions (completed_at);
`,
];

const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Opens the index and holds it alone until closed: a second process would sweep away the blobs that the first is writing.
 * Throws when another process has it, or a newer Sluice wrote it.
 */
export function openBucketIndex(file: string): DatabaseSync {
  const index = new DatabaseSync(file, { enableForeignKeyConstraints: true });
  try {
    index.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    const { user_version: version } = index.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > SCHEMA_VERSION) {
      throw new Error(`${file} has version ${version} and this Sluice knows ${SCHEMA_VERSION}: run the newer one`);
    }
    inTransaction(index, () => {
      for (const migration of MIGRATIONS.slice(version)) index.exec(migration);
      index.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
    return index;
  } catch (error) {
    index.close();
    if (error instanceof Error && /database is locked/.test(error.message)) {
      throw new Error(`${file} is in use by another process: stop it, or choose another data directory`, {
        cause: error,
      });
    }
    throw namingDamage(error, file);
  }
}

export function inTransaction<T>(index: DatabaseSync, work: () => T): T {
  index.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    index.exec("COMMIT");
    return result;
  } catch (error) {
    if (index.isTransaction) index.exec("ROLLBACK");
    throw error;
  }
}
