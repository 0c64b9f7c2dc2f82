/** The columns of the index that hold JSON: what each holds, checked as it is read. What cannot be read is refused by name. */
import { type Form, listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson } from "@sluice/model/stored-json/stored-json.ts";
import type { ObjectAttributes, ObjectChecksum, ObjectSummary, Segment, StoredObject } from "./stored-object.ts";

/** `objects.segments`, `versions.segments`. */
export const SEGMENTS = column<readonly Segment[]>(
  "segments",
  listOf(objectOf<Segment>({ blob: "text", sizeBytes: "number" })),
);

/** `objects.attributes`, `versions.attributes`, `uploads.attributes`. */
export const ATTRIBUTES = column("attributes", objectOf<ObjectAttributes>({ headers: "object", metadata: "object" }));

/** `objects.checksum`, `versions.checksum`. */
export const CHECKSUM = column(
  "checksum",
  objectOf<ObjectChecksum>({ algorithm: "text", type: "text", value: "text" }),
);

/** An object as a client was told of it; its time is text. */
export type ToldObject = Omit<StoredObject, keyof Pick<ObjectSummary, "modifiedAt">> & { readonly modifiedAt: string };

/** `completions.object`. */
export const COMPLETED_OBJECT = column(
  "object",
  objectOf<ToldObject>({ key: "text", sizeBytes: "number", etag: "text", modifiedAt: "text", attributes: "object" }),
);

interface Column<T> {
  /**
   * @param key of the object, for the message
   * @throws UnreadableColumn
   */
  read(json: Json<T>, key: Uint8Array | string): T;
  /** As SQLite takes it. */
  write(value: T): string;
}

function column<T>(name: string, form: Form<T>): Column<T> {
  return {
    read: (json, key) => parseJson(json, form, () => `the bucket's ${name} of ${Buffer.from(key).toString()}`),
    write: (value) => JSON.stringify(value),
  };
}
