/**
 * What lies behind the current objects: their older versions, and delete markers. A delete marker may be the newest of its key, which then has
 * no current object. Every method that changes something must run inside a transaction.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { ObjectAttributes, ObjectChecksum, Segment } from "./stored-object.ts";
import { NULL_VERSION, newVersionId, sequenceOf } from "./version-id.ts";

/** What current objects and older versions have alike; a delete marker's are empty. */
export const SUMMARY_COLUMNS = "key, size_bytes, etag, modified_at, checksum, version, sequence";
const STORAGE_CLASS = `json_extract(attributes, '$.headers."x-amz-storage-class"') AS storage_class`;
export const LISTED_COLUMNS = `${SUMMARY_COLUMNS}, ${STORAGE_CLASS}`;
const BODY_COLUMNS = "attributes, segments";

export interface SummaryRow {
  key: Uint8Array;
  size_bytes: number;
  etag: string;
  modified_at: number;
  checksum: Json<ObjectChecksum> | null;
  /** Null: the version that is called so. */
  version: string | null;
  sequence: number;
  storage_class?: string | null;
}

export interface ObjectRow extends SummaryRow {
  attributes: Json<ObjectAttributes>;
  segments: Json<readonly Segment[]>;
}

export interface VersionRow extends ObjectRow {
  is_marker: number;
}

/** A version that is about to be written. */
export interface NewVersion {
  version: string | null;
  sequence: number;
}

export class VersionTable {
  readonly #tick: StatementSync;
  readonly #demote: StatementSync;
  readonly #removeCurrent: StatementSync;
  readonly #top: StatementSync;
  readonly #null: StatementSync;
  readonly #at: StatementSync;
  readonly #delete: StatementSync;
  readonly #promote: StatementSync;
  readonly #mark: StatementSync;
  readonly #any: StatementSync;
  readonly #seek: StatementSync;
  readonly #setAttributes: StatementSync;
  readonly #setSegments: StatementSync;

  constructor(index: DatabaseSync) {
    const columns = `${SUMMARY_COLUMNS}, ${BODY_COLUMNS}`;
    const ofKey = "WHERE bucket_id = ? AND key = ?";
    this.#tick = index.prepare("UPDATE version_clock SET last = last + 1 RETURNING last");
    this.#demote = index.prepare(
      `INSERT INTO versions (bucket_id, ${columns}, is_marker) SELECT bucket_id, ${columns}, 0 FROM objects ${ofKey}`,
    );
    this.#removeCurrent = index.prepare(`DELETE FROM objects ${ofKey}`);
    this.#top = index.prepare(`SELECT ${columns}, is_marker FROM versions ${ofKey} ORDER BY sequence DESC LIMIT 1`);
    this.#null = index.prepare(`SELECT ${columns}, is_marker FROM versions ${ofKey} AND version IS NULL`);
    this.#at = index.prepare(`SELECT ${columns}, is_marker FROM versions ${ofKey} AND sequence = ? AND version = ?`);
    this.#delete = index.prepare(`DELETE FROM versions ${ofKey} AND sequence = ?`);
    this.#promote = index.prepare(
      `INSERT INTO objects (bucket_id, ${columns}) SELECT bucket_id, ${columns} FROM versions ${ofKey} AND sequence = ?`,
    );
    this.#mark = index.prepare(
      `INSERT INTO versions (bucket_id, ${columns}, is_marker) VALUES (?, ?, 0, '', ?, NULL, ?, ?, '{}', '[]', 1)`,
    );
    this.#any = index.prepare("SELECT 1 FROM versions WHERE bucket_id = ? LIMIT 1");
    this.#seek = index.prepare(
      `SELECT ${LISTED_COLUMNS}, is_marker FROM versions WHERE bucket_id = ? AND (key > ? OR (key = ? AND sequence < ?))
       ORDER BY key, sequence DESC LIMIT ?`,
    );
    this.#setAttributes = index.prepare(`UPDATE versions SET attributes = ? ${ofKey} AND sequence = ?`);
    this.#setSegments = index.prepare(`UPDATE versions SET segments = ? ${ofKey} AND segments = ?`);
  }

  /** With an id of its own, or (while versioning is suspended) called null. */
  newVersion(isNull: boolean): NewVersion {
    const { last } = this.#tick.get() as { last: number };
    return { version: isNull ? null : newVersionId(last), sequence: last };
  }

  /** The current object, if there is one, becomes the newest of the older ones. */
  demote(bucketId: number, key: Uint8Array): void {
    this.#demote.run(bucketId, key);
    this.#removeCurrent.run(bucketId, key);
  }

  /** When a key has lost its current object, its newest version takes the place, unless that is a delete marker. */
  promote(bucketId: number, key: Uint8Array): void {
    const top = this.top(bucketId, key);
    if (!top || top.is_marker) return;
    this.#promote.run(bucketId, key, top.sequence);
    this.delete(bucketId, key, top.sequence);
  }

  mark(bucketId: number, key: Uint8Array, marker: NewVersion, modifiedAt: Date): void {
    this.#mark.run(bucketId, key, modifiedAt.getTime(), marker.version, marker.sequence);
  }

  top(bucketId: number, key: Uint8Array): VersionRow | undefined {
    return this.#top.get(bucketId, key) as VersionRow | undefined;
  }

  /** Throws InvalidArgument for what is no version id. */
  find(bucketId: number, key: Uint8Array, versionId: string): VersionRow | undefined {
    if (versionId === NULL_VERSION) return this.#null.get(bucketId, key) as VersionRow | undefined;
    return this.#at.get(bucketId, key, sequenceOf(versionId), versionId) as VersionRow | undefined;
  }

  delete(bucketId: number, key: Uint8Array, sequence: number): void {
    this.#delete.run(bucketId, key, sequence);
  }

  hasAny(bucketId: number): boolean {
    return this.#any.get(bucketId) !== undefined;
  }

  /** Of `key` what is older than `below`, and everything of the keys behind it. */
  seek(bucketId: number, key: Uint8Array, below: number, limit: number): VersionRow[] {
    return this.#seek.all(bucketId, key, key, below, limit) as unknown as VersionRow[];
  }

  setAttributes(bucketId: number, key: Uint8Array, sequence: number, attributes: string): void {
    this.#setAttributes.run(attributes, bucketId, key, sequence);
  }

  /** Of the version that has these segments. */
  setSegments(bucketId: number, key: Uint8Array, before: string, after: string): void {
    this.#setSegments.run(after, bucketId, key, before);
  }
}
