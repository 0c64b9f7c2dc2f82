import { expect, test } from "vitest";
import { formatElapsed, formatTable, hostLabel, printable } from "./printing.ts";

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
  expect(hostLabel("web-1", "i-0123456789abcdef0")).toBe("web-1 (i-0123456789abcdef0)");
  expect(hostLabel("web-1", "web-1")).toBe("web-1");
});

test("what a script wrote cannot steer a terminal", () => {
  expect(printable("\u001b]0;title\u0007\u001b[2Jdone\r\n\tok\u009b31m")).toBe(
    "\ufffd]0;title\ufffd\ufffd[2Jdone\n\tok\ufffd31m",
  );
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
