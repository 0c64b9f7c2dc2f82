import { formatElapsed } from "@sluice/model/elapsed.ts";
import { expect, test } from "vitest";
import { formatFields, formatTable, formatUntil, visibleHost } from "./printing.ts";

test("columns are as wide as their widest cell, without trailing blanks", () => {
  expect(
    formatTable(
      ["NAME", "STATE"],
      [
        ["a-long-name", "alive"],
        ["b", ""],
      ],
    ),
  ).toBe("NAME         STATE\na-long-name  alive\nb");
});

test("a host is named by name and id, once when they are the same", () => {
  expect(visibleHost("web-1", "i-0123456789abcdef0")).toBe("web-1 (i-0123456789abcdef0)");
  expect(visibleHost("web-1", "web-1")).toBe("web-1");
});

test("a cell and a label are one line, and show what would steer a terminal", () => {
  const table = formatTable(["ZONE", "NAME"], [["a\u001b[2J\nforged row", "\u202etxt"]]);
  expect(table).toBe("ZONE                  NAME\na\\x1b[2J\\nforged row  \\u202etxt");
  expect(visibleHost("web\u001b[1m", "i-1")).toBe("web\\x1b[1m (i-1)");
});

test.each([
  [0, "0.0 s"],
  [9_940, "9.9 s"],
  [59_900, "59 s"],
  [125_000, "2 min 05 s"],
  [3_725_000, "1 h 02 min"],
])("%d ms is shown as %s", (milliseconds, text) => {
  expect(formatElapsed(milliseconds)).toBe(text);
});

test("fields are aligned, a value of several lines stays in its column, and what has no value is left out", () => {
  const fields = formatFields([
    ["name", "web-1"],
    ["zone", undefined],
    ["triggers", "one\ntwo \u001b[2J"],
  ]);
  expect(fields).toBe("name      web-1\ntriggers  one\n          two \\x1b[2J");
});

test("a time to come is told in one unit", () => {
  expect([formatUntil(-1), formatUntil(59_000), formatUntil(3_600_000)]).toEqual(["now", "in 59 s", "in 1 h"]);
});
