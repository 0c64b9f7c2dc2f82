import { expect, it } from "vitest";
import { excerpt, MAX_EXCERPT_CHARACTERS, truncate } from "./excerpt.ts";

it("quotes short values as they are and long ones by their beginning and length", () => {
  expect(excerpt("i-1")).toBe("i-1");
  const long = excerpt("x".repeat(3_900_000));
  expect(long).toBe(`${"x".repeat(MAX_EXCERPT_CHARACTERS)}… (3900000 characters)`);
});

it("cuts what is too long, says so, and never exceeds the limit or halves a character", () => {
  expect(truncate("fits", 4)).toBe("fits");
  const cut = truncate("🚀".repeat(100), 60);
  expect(cut).toHaveLength(60);
  expect(cut.isWellFormed()).toBe(true);
  expect(cut).toMatch(/… \[cut: 200 characters\]$/);
  expect(truncate("abcdef", 3)).toHaveLength(3);
});

it("quotes nothing of a member that was left out", () => {
  expect(excerpt(undefined)).toBe("");
});
