import { expect, it } from "vitest";
import { visibleJson, visibleLine, visibleText } from "./visible-text.ts";

it.each([
  ["a title and a cleared screen", "\u001b]0;title\u0007\u001b[2Jx", "\\x1b]0;title\\x07\\x1b[2Jx"],
  ["C1 and DEL", "\u009b31m\u007f\u0085", "\\x9b31m\\x7f\\x85"],
  ["text that runs backwards", "\u202egnp.exe\u2066\u2069\u061c", "\\u202egnp.exe\\u2066\\u2069\\u061c"],
  ["what nobody sees", "a\u200bb\u2060c\ufeffd\u00ade\u3164", "a\\u200bb\\u2060c\\ufeffd\\xade\\u3164"],
  ["other line breaks", "a\u2028b\u2029c\u000bd", "a\\u2028b\\u2029c\\x0bd"],
  ["tags and halves of characters", "a\u{e0041}b\ud800c", "a\\u{e0041}b\\ud800c"],
  ["a line that is written over", "failed\rpassed\u0008", "failed\\rpassed\\x08"],
])("%s is written out", (_what, text, expected) => {
  expect(visibleText(text)).toBe(expected);
  expect(visibleLine(text)).toBe(expected);
});

it("leaves what people read as it is", () => {
  const text = "Grüße, 日本語, עברית, 🚀 ⚠️\n\tdone\n";
  expect(visibleText(text)).toBe(text);
  expect(visibleText("done\r\n")).toBe("done\n");
  expect(visibleLine("a\r\n\tb")).toBe("a\\r\\n\\tb");
});

it("leaves JSON the same value, with every such character escaped", () => {
  const value = { text: "\u001b[2J\u009b\u007f\u202e\u200b\u2028\u{e0041}\ud800 Grüße 🚀\n", list: [1, null] };
  const json = visibleJson(JSON.stringify(value, undefined, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(json).toContain("Grüße 🚀");
});
