import { expect, test } from "vitest";
import { ansiSpans, MAX_SHOWN_LINE_CHARACTERS, plainText } from "./ansi.ts";

test("colours become pieces, and the text between stays", () => {
  expect(ansiSpans("a \x1b[1;31mred\x1b[0m b \x1b[38;5;196mbright\x1b[39m \x1b[38;2;0;0;250mblue\x1b[m.")).toEqual([
    { text: "a " },
    { text: "red", colour: 1, isBold: true },
    { text: " b " },
    { text: "bright", colour: 9 },
    { text: " " },
    { text: "blue", colour: 4 },
    { text: "." },
  ]);
  expect(ansiSpans("\x1b[92;44mx\x1b[22;49my\x1b[90mz")).toEqual([
    { text: "x", colour: 10, background: 4 },
    { text: "y", colour: 10 },
    { text: "z", colour: 8 },
  ]);
});

test("what steers a terminal has no effect, and what is not seen is written out", () => {
  for (const raw of [
    "\x1b[2J\x1b[1;1Hhi",
    "\x1b]0;title\x07hi",
    "\x1b]8;;https://x.example\x1b\\hi",
    "\x1b(Bhi",
    "hi\x1b",
  ]) {
    expect(plainText(raw)).toBe("hi");
    expect(
      ansiSpans(raw)
        .map(({ text }) => text)
        .join(""),
    ).toBe("hi");
  }
  expect(plainText("a\x07b\u202ec\u200bd")).toBe("a\\x07b\\u202ec\\u200bd");
  expect(plainText("<script>alert(1)</script>")).toBe("<script>alert(1)</script>");
});

test("a progress bar shows its last state", () => {
  expect(plainText("10%\r50%\r100%")).toBe("100%");
  expect(plainText("done\r")).toBe("done");
  expect(plainText("\r\r")).toBe("");
  expect(plainText("")).toBe("");
});

test("an endless line is cut, and says by how much", () => {
  const text = plainText("x".repeat(MAX_SHOWN_LINE_CHARACTERS + 7));
  expect(text.endsWith("… 7 more characters")).toBe(true);
});

test("sequences that never end cost no more than their length", () => {
  const raw = "\x1b]0;".repeat(50_000);
  expect(plainText(raw).length).toBeLessThanOrEqual(MAX_SHOWN_LINE_CHARACTERS + 40);
});
