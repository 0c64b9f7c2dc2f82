import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { EntryRefused } from "./entry-refused.ts";
import { MAX_SPARSE_EXTENTS } from "./sparse-map.ts";
import { TarReader } from "./tar-reader.ts";

const BLOCK_BYTES = 512;
const EXTENTS_IN_BLOCK = 21;
const HEADERS = 10;
const ATTRIBUTES_EACH = 20_000;
/** One that is kept takes 150 and more. */
const MAX_BYTES_AN_ATTRIBUTE = 30;

function entry(type: string, content: string, change: (header: Buffer) => void = () => {}): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write("x", 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257, "latin1");
  change(header);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const padding = Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([header, Buffer.from(content), padding]);
}

/** Each with a keyword of its own, of those that mean nothing here. */
function attributes(first: number, count: number): string {
  const record = (number: number) => `13 k${String(number).padStart(6, "0")}=x\n`;
  return Array.from({ length: count }, (_, index) => record(first + index)).join("");
}

test.each([
  ["of one entry", "x"],
  ["for the whole archive", "g"],
])("attributes that mean nothing here, %s, are not kept", (_, type) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const reader = new TarReader(() => undefined);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let header = 0; header < HEADERS; header += 1) {
    reader.write(entry(type, attributes(header * ATTRIBUTES_EACH, ATTRIBUTES_EACH)));
  }
  collect();
  const kept = process.memoryUsage().heapUsed - before;
  expect(kept / (HEADERS * ATTRIBUTES_EACH)).toBeLessThan(MAX_BYTES_AN_ATTRIBUTE);
});

test("the map of a sparse file in GNU tar's own format has an end, as the others have", () => {
  const reader = new TarReader(() => undefined);
  const asGnu = (header: Buffer) => {
    header.write("ustar  \0", 257);
    header[482] = 1;
  };
  reader.write(entry("S", "", asGnu));
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let index = 0; index < EXTENTS_IN_BLOCK; index += 1) block.write("00000000001\x0000000000001", index * 24);
  block[504] = 1;
  const readAll = () => {
    for (let count = 0; count <= MAX_SPARSE_EXTENTS / EXTENTS_IN_BLOCK; count += 1) reader.write(block);
  };
  expect(readAll).toThrow(EntryRefused);
});
