import { describe, expect, it } from "vitest";
import { writeXml, type XmlFields } from "./write-xml.ts";

const PLAIN = { isDeclared: false, controls: "referenced" } as const;

describe("a document", () => {
  it("has its declaration, its namespace, and the fields in their order", () => {
    const fields = { B: 1, A: { C: "x", D: true } };
    expect(writeXml("Root", fields, { ...PLAIN, isDeclared: true, namespace: "urn:here" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Root xmlns="urn:here"><B>1</B><A><C>x</C><D>true</D></A></Root>',
    );
  });

  it.each([
    ["leaves out what is undefined, and lists of nothing", { A: undefined, B: [] }, ""],
    ["repeats an element for each of a list", { A: ["x", { B: "y" }] }, "<A>x</A><A><B>y</B></A>"],
    ["keeps empty elements open", { A: "", B: {} }, "<A></A><B></B>"],
    ["writes attributes as they are given", { A: { "@": 'x="1"', B: 0 } }, '<A x="1"><B>0</B></A>'],
    ["keeps spaces and line feeds", { A: " x\n\ty " }, "<A> x\n\ty </A>"],
  ] satisfies [string, XmlFields, string][])("%s", (_what, fields, content) => {
    expect(writeXml("R", fields, PLAIN)).toBe(`<R>${content}</R>`);
  });
});

describe("text", () => {
  it.each([
    [
      "markup",
      "a & b < c > \"d\" 'e'",
      "a &amp; b &lt; c &gt; &quot;d&quot; 'e'",
      "a &amp; b &lt; c &gt; &quot;d&quot; 'e'",
    ],
    ["control characters", "\u0000\u0001\u001f\u007f", "&#x0;&#x1;&#x1F;&#x7F;", "\ufffd\ufffd\ufffd\u007f"],
    ["a carriage return", "\r\n", "&#xD;\n", "\r\n"],
    ["characters beyond 16 bits", "😀", "😀", "😀"],
    ["what is no character", "\ufffe\uffff", "&#xFFFE;&#xFFFF;", "\ufffd\ufffd"],
  ])("%s", (_what, text, referenced, replaced) => {
    expect(writeXml("R", text, { isDeclared: false, controls: "referenced" })).toBe(`<R>${referenced}</R>`);
    expect(writeXml("R", text, { isDeclared: false, controls: "replaced" })).toBe(`<R>${replaced}</R>`);
  });

  it("with half of a surrogate pair becomes readable", () => {
    expect(writeXml("R", "\ud83d", { isDeclared: false, controls: "replaced" })).toBe("<R>\ufffd</R>");
  });
});
