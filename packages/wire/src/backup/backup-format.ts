/** What is in a backup: a tar archive of these entries, in this order. */
export const BACKUP_FORMAT = 1;
/** The same with versions and delete markers among the bucket's objects. A program that does not know them would restore them wrongly. */
export const BACKUP_FORMAT_WITH_VERSIONS = 2;
export const MANIFEST_PATH = "manifest.json";
/** `database/TABLE.000001.jsonl`: rows as JSON, one a line, in parts. Bytes are `{"$bytes": base64}`. */
export const DATABASE_PREFIX = "database/";
/** The embedded bucket: its buckets and objects as JSON, one a line, and the bytes behind them. */
export const BUCKET_INDEX_PATH = "bucket/index.jsonl";
export const BLOBS_PREFIX = "bucket/blobs/";
/** What deployments' scripts wrote, as it lies in the data directory. */
export const LOGS_PREFIX = "logs/";
/** The last entry: path, size and SHA-256 of every other. An archive without it was broken off. */
export const CHECKSUMS_PATH = "checksums.json";

export interface BackupManifest {
  readonly format: number;
  /** Of the server that made it. */
  readonly version: string;
  /** ISO 8601: the moment whose state it holds. */
  readonly takenAt: string;
  readonly database: "sqlite" | "postgres";
  /** Names of the migrations that had run. */
  readonly migrations: readonly string[];
  readonly hasLogs: boolean;
}

export interface EntryChecksum {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}
