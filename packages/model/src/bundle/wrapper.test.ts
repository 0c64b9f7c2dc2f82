import { expect, test } from "vitest";
import { wrapperOf } from "./wrapper.ts";

const names = (tree: Readonly<Record<string, readonly string[]>>) => (directory: string) => tree[directory];

test("what macOS put beside the one directory does not count", () => {
  expect(wrapperOf(names({ "": ["__MACOSX", ".DS_Store", "._web-1", "web-1"], "web-1": ["appspec.yml"] }))).toBe(
    "web-1",
  );
  expect(wrapperOf(names({ "": ["._other", "web-1"], "web-1": ["appspec.yml"] }))).toBe("");
});

test("a name is looked up among the others, and not held against each of them", () => {
  const flat = Array.from({ length: 200_000 }, (_, index) => `f${index}`);
  expect(wrapperOf(names({ "": flat }))).toBe("");
});
