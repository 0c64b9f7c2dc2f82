import { expect, it } from "vitest";
import { someOf } from "./some-of.ts";

it("names the first, and counts the rest", () => {
  expect(someOf([], 2)).toBe("");
  expect(someOf(["a", "b"], 2)).toBe("a, b");
  expect(someOf(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  expect(someOf(["a is", "b is", "c is", "d is"], 2, "; ")).toBe("a is; b is; and 2 more");
});
