/**
 * What was answered to the completion of an upload in parts. A client that did not hear the answer asks again, the upload is gone by then, and
 * the object is made all the same.
 */
import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { requireKey } from "./bucket-name.ts";
import { COMPLETED_OBJECT, type ToldObject } from "./columns.ts";
import type { StoredObject } from "./stored-object.ts";

/** Says whether two completions ask for the same. Conditions are left out: the first one has met them. */
export function requestDigest({ parts, expected }: { parts: readonly object[]; expected?: object }): string {
  return createHash("sha256")
    .update(JSON.stringify([parts, expected ?? {}]))
    .digest("hex");
}

export class Completions {
  readonly #get: StatementSync;
  readonly #insert: StatementSync;
  readonly #deleteOf: StatementSync;
  readonly #deleteOld: StatementSync;

  constructor(index: DatabaseSync) {
    this.#get = index.prepare(
      "SELECT object FROM completions WHERE upload_id = ? AND bucket_id = ? AND key = ? AND request_digest = ?",
    );
    this.#insert = index.prepare("INSERT INTO completions VALUES (?, ?, ?, ?, ?, ?)");
    this.#deleteOf = index.prepare("DELETE FROM completions WHERE bucket_id = ?");
    this.#deleteOld = index.prepare("DELETE FROM completions WHERE completed_at < ?");
  }

  find(uploadId: string, bucketId: number, key: string, digest: string): StoredObject | undefined {
    const row = this.#get.get(uploadId, bucketId, requireKey(key), digest) as { object: Json<ToldObject> } | undefined;
    if (!row) return undefined;
    const object = COMPLETED_OBJECT.read(row.object, key);
    return { ...object, modifiedAt: new Date(object.modifiedAt) };
  }

  keep(uploadId: string, bucketId: number, object: StoredObject, digest: string): void {
    const key = requireKey(object.key);
    this.#insert.run(
      uploadId,
      bucketId,
      key,
      digest,
      COMPLETED_OBJECT.write({ ...object, modifiedAt: object.modifiedAt.toISOString() }),
      object.modifiedAt.getTime(),
    );
  }

  removeAllOf(bucketId: number): void {
    this.#deleteOf.run(bucketId);
  }

  removeOlderThan(time: Date): void {
    this.#deleteOld.run(time.getTime());
  }
}
