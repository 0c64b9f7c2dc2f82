import { expect, it } from "vitest";
import { isVersionAtLeast } from "./is-version-at-least.ts";

it.each([
  ["0.2.0", "0.2.0", true],
  ["0.2.1", "0.2.0", true],
  ["0.10.0", "0.9.9", true],
  ["1.0.0", "0.2.9", true],
  ["0.2.0-rc.1", "0.2.0", true],
  ["0.1.99", "0.2.0", false],
  ["0.2", "0.2.0", false],
  ["OFFICIAL_1.8.1", "0.2.0", false],
  ["", "0.2.0", false],
])("%s is at least %s: %s", (version, least, expected) => {
  expect(isVersionAtLeast(version, least)).toBe(expected);
});
