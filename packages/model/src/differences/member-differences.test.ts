import { expect, it } from "vitest";
import { MAX_MEMBER_DIFFERENCES, memberDifferences } from "./member-differences.ts";

it("names members that differ by their paths", () => {
  const from = { a: 1, list: [{ name: "x" }], same: { deep: [true] }, gone: null, at: new Date(0), none: undefined };
  const to = { a: 2, list: [{ name: "y" }, { name: "z" }], same: { deep: [true] }, at: new Date(0), new: "n" };
  expect(memberDifferences(from, to)).toEqual([
    { path: "a", from: "1", to: "2" },
    { path: "gone", from: "null" },
    { path: "list[0].name", from: '"x"', to: '"y"' },
    { path: "list[1]", to: '{"name":"z"}' },
    { path: "new", to: '"n"' },
  ]);
  expect(memberDifferences([1], { 0: 1 })).toEqual([{ path: "", from: "[1]", to: '{"0":1}' }]);
  expect(memberDifferences(undefined, undefined)).toEqual([]);
});

it("tells a bounded number of them, and no member of a prototype", () => {
  const many = Object.fromEntries([...Array(MAX_MEMBER_DIFFERENCES + 10).keys()].map((index) => [`m${index}`, index]));
  expect(memberDifferences({}, many)).toHaveLength(MAX_MEMBER_DIFFERENCES);
  expect(memberDifferences({}, JSON.parse('{"__proto__": 1, "toString": 2}'))).toEqual([
    { path: "__proto__", to: "1" },
    { path: "toString", to: "2" },
  ]);
});
