import { expect, test } from "vitest";
import { DamagedTar, readNumber, readTarHeader, TAR_BLOCK_BYTES } from "./tar-header.ts";

const MODE_AT = 100;
const CHECKSUM_AT = 148;

test.each([
  ["0000644\0", 0o644],
  ["77777777", 0o77777777],
  ["644 \0\0\0\0", 0o644],
  ["   644 \0", 0o644],
  ["\0\0\0\0\0\0\0\0", undefined],
  ["        ", undefined],
  ["\x80\0\0\0\0\0\x01\x02", 258],
  ["\xff\xff\xff\xff\xff\xff\xff\xff", -1],
])("the number %j is %s", (field, value) => {
  expect(readNumber(Buffer.from(field, "latin1"), [0, 8])).toBe(value);
});

test("a field that the block is too short for says what there is of it", () => {
  expect(readNumber(Buffer.from("644"), [0, 8])).toBe(0o644);
});

test.each(["000064 4", "0000648\0", "644\x001\0\0\0", "-0000644"])("the number %j is damage", (field) => {
  expect(() => readNumber(Buffer.from(field, "latin1"), [0, 8])).toThrow(DamagedTar);
});

test("a checksum may be of signed or of unsigned bytes, and of nothing else", () => {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write("f\u{e9}", "latin1");
  block.write("0000644\0", MODE_AT, "latin1");
  const withChecksum = (sum: number) => {
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM_AT, "latin1");
    return block;
  };
  block.fill(" ", CHECKSUM_AT, CHECKSUM_AT + 8);
  const unsigned = block.reduce((sum, byte) => sum + byte, 0);
  expect(readTarHeader(withChecksum(unsigned)).mode).toBe(0o644);
  expect(readTarHeader(withChecksum(unsigned - 256)).mode).toBe(0o644);
  expect(() => readTarHeader(withChecksum(unsigned - 255))).toThrow("a header's checksum is wrong");
});
