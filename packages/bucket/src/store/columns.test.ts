import { type Json, UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { describe, expect, it } from "vitest";
import { ATTRIBUTES, COMPLETED_OBJECT, SEGMENTS } from "./columns.ts";

const stored = <T>(text: string) => text as unknown as Json<T>;

describe("a column of the bucket's index", () => {
  it("is read as it was written", () => {
    const segments = [{ blob: "a1", sizeBytes: 3, sha256: "00" }];
    expect(SEGMENTS.read(stored(SEGMENTS.write(segments)), "key")).toEqual(segments);
  });

  it("names column, key and problem when it cannot be read", () => {
    const read = () => SEGMENTS.read(stored('[{"blob":"a1"}]'), Buffer.from("a/é"));
    expect(read).toThrow(UnreadableColumn);
    expect(read).toThrow("the bucket's segments of a/é cannot be read: of number 1 in the list, it has no sizeBytes");
    expect(() => ATTRIBUTES.read(stored("secret"), "key")).toThrow("the bucket's attributes of key is not JSON");
    expect(() => COMPLETED_OBJECT.read(stored("[]"), "key")).toThrow("it is not an object");
  });
});
