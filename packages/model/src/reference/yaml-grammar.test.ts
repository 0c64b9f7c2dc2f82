import { expect, it } from "vitest";
import { referenceYamlFault } from "./yaml-grammar.ts";

/** What the reference's YAML reader said of these texts (libyaml 0.2.5), each run through it; null: it read them. */
const SAID: readonly (readonly [text: string, said: string | null])[] = [
  ["a: b: c", "mapping values are not allowed in this context at line 1 column 5"],
  ["a: 'x", "found unexpected end of stream while scanning a quoted scalar at line 1 column 4"],
  ['a: "x\n---\n', "found unexpected document indicator while scanning a quoted scalar at line 1 column 4"],
  ['a: "\\q"', "found unknown escape character while parsing a quoted scalar at line 1 column 4"],
  ['a: "\\x4"', "did not find expected hexdecimal number while parsing a quoted scalar at line 1 column 4"],
  ['a: "\\ud800"', "found invalid Unicode character escape code while parsing a quoted scalar at line 1 column 4"],
  ["a: [1, 2", "did not find expected ',' or ']' while parsing a flow sequence at line 1 column 4"],
  ["a: [1 2: 3 4]", null],
  ["a: {b: c", "did not find expected ',' or '}' while parsing a flow mapping at line 1 column 4"],
  ["a: {b: c: d}", "did not find expected ',' or '}' while parsing a flow mapping at line 1 column 4"],
  ["a: b\n c: d\n- e", "mapping values are not allowed in this context at line 2 column 3"],
  ["- a\nb: c", "did not find expected '-' indicator while parsing a block collection at line 1 column 1"],
  ["- a\n - b: c\n  d", "mapping values are not allowed in this context at line 2 column 5"],
  ["a:\n  - b\n c: d", "did not find expected key while parsing a block mapping at line 1 column 1"],
  ["a\nb: c", "mapping values are not allowed in this context at line 2 column 2"],
  ["a: @b", "found character that cannot start any token while scanning for the next token at line 1 column 4"],
  ["a: `b`", "found character that cannot start any token while scanning for the next token at line 1 column 4"],
  ["a: %b", "found character that cannot start any token while scanning for the next token at line 1 column 4"],
  ["a:\n\t- b", "found character that cannot start any token while scanning for the next token at line 2 column 1"],
  ["a: |0\n x", "found an indentation indicator equal to 0 while scanning a block scalar at line 1 column 4"],
  ["a: |x\n", "did not find expected comment or line break while scanning a block scalar at line 1 column 4"],
  [
    "a: |\n\tb",
    "found a tab character where an indentation space is expected while scanning a block scalar at line 1 column 4",
  ],
  ["a: b\n\tc", "found a tab character that violates indentation while scanning a plain scalar at line 1 column 4"],
  ['a: ["b\n\tc"]', null],
  ["%YAML 2.0\n---\na", "found incompatible YAML document at line 1 column 1"],
  [
    "%YAML 1\n---\n",
    "did not find expected digit or '.' character while scanning a %YAML directive at line 1 column 1",
  ],
  ["%YAML x\n---", "did not find expected version number while scanning a %YAML directive at line 1 column 1"],
  ["%FOO\n---\n", "found unknown directive name while scanning a directive at line 1 column 1"],
  ["% \n---\n", "could not find expected directive name while scanning a directive at line 1 column 1"],
  ["%YAML 1.1\n%YAML 1.1\n---\n", "found duplicate %YAML directive at line 1 column 1"],
  ["%TAG ! x\n%TAG ! y\n---\na", "found duplicate %TAG directive at line 1 column 1"],
  ["%TAG !a b\n---\n", "did not find expected '!' while parsing a tag directive at line 1 column 1"],
  ["%TAG !a! \n---\n", "did not find expected tag URI while parsing a %TAG directive at line 1 column 1"],
  ["%YAML 1.1\na: b", "did not find expected <document start> at line 1 column 1"],
  ["a: !b!c d", "found undefined tag handle while parsing a node at line 1 column 4"],
  ["a: !<x y", "did not find the expected '>' while scanning a tag at line 1 column 4"],
  ["a: !a{b", "did not find expected whitespace or line break while scanning a tag at line 1 column 4"],
  ["a: &", "did not find expected alphabetic or numeric character while scanning an anchor at line 1 column 4"],
  ["a: &b{", "did not find expected alphabetic or numeric character while scanning an anchor at line 1 column 4"],
  ["a: *", "did not find expected alphabetic or numeric character while scanning an alias at line 1 column 4"],
  ["? a\n- b\n: c", "did not find expected key while parsing a block mapping at line 1 column 1"],
  ["a: ? b", "mapping keys are not allowed in this context at line 1 column 4"],
  ["- - a\n -b\n- c", "did not find expected '-' indicator while parsing a block collection at line 1 column 1"],
  ["a: - b", "block sequence entries are not allowed in this context at line 1 column 4"],
  ["a: [b: ]: c]", "mapping values are not allowed in this context at line 1 column 9"],
  ["{a, b: c", "did not find expected ',' or '}' while parsing a flow mapping at line 1 column 1"],
  ["a: [:, b]", "did not find expected node content while parsing a flow node at line 1 column 5"],
  ["a: [b:?]", "found unexpected ':' while scanning a plain scalar at line 1 column 5"],
  ['k: "\n  x', "found unexpected end of stream while scanning a quoted scalar at line 1 column 4"],
  ["\ufeffa: b\nc: d", null],
  ["'a\nb': c", "mapping values are not allowed in this context at line 2 column 3"],
  ["a: b: [", "mapping values are not allowed in this context at line 1 column 5"],
  ["a: !%zz b", "did not find URI escaped octet while parsing a tag at line 1 column 4"],
  ["a: }", "did not find expected node content while parsing a block node at line 1 column 4"],
  ["]", "did not find expected node content while parsing a block node at line 1 column 1"],
  ["a: 1\n...\nb: [", null],
  ["--- a\n--- [", null],
  ["a: b\r\n  c: d\r\n", "mapping values are not allowed in this context at line 2 column 4"],
  ["a: \u0001", "control characters are not allowed at line 1 column 1"],
  ["key: [a, b]]\n", "did not find expected key while parsing a block mapping at line 1 column 1"],
  ["a:\n- b\n  c: d\n e: f\n", "mapping values are not allowed in this context at line 3 column 4"],
];

it.each(SAID)("of %j it says %j", (text, said) => {
  expect(sayingOf(text)).toBe(said);
});

it.each([
  [[0xff, 0xfe, 0x61], "invalid leading UTF-8 octet at line 1 column 1"],
  [[0x61, 0xc3], "incomplete UTF-8 octet sequence at line 1 column 1"],
  [[0xc3, 0x61], "invalid trailing UTF-8 octet at line 1 column 1"],
  [[0xc0, 0x80], "invalid length of a UTF-8 sequence at line 1 column 1"],
  [[0xed, 0xa0, 0x80], "invalid Unicode character at line 1 column 1"],
])("of the bytes %j it says %j", (bytes, said) => {
  expect(sayingOf(Uint8Array.from(bytes))).toBe(said);
});

it("ends with brackets however deep, and reads lines however long", () => {
  expect(sayingOf("[".repeat(100_000))).toBeNull();
  expect(sayingOf(`a: ${"b ".repeat(50_000)}`)).toBeNull();
});

function sayingOf(input: string | Uint8Array): string | null {
  const fault = referenceYamlFault(input);
  return fault && `${fault.message} at line ${fault.line} column ${fault.column}`;
}
