import { expect, test } from "vitest";
import { formatBytes } from "./byte-size.ts";

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [47_104, "46.0 KiB"],
  [1024 ** 2 - 1, "1.0 MiB"],
  [1.5 * 1024 ** 2, "1.5 MiB"],
  [3 * 1024 ** 3, "3.0 GiB"],
  [2048 * 1024 ** 5, "2048.0 PiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
