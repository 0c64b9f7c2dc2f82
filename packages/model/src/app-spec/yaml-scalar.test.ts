import { describe, expect, it } from "vitest";
import { leadingInteger, resolveFloatTag, resolvePlainScalar, ScalarRefused } from "./yaml-scalar.ts";
import { inspectYaml, YamlSymbol } from "./yaml-value.ts";

describe("resolvePlainScalar", () => {
  it.each([
    ["", null],
    ["NULL", null],
    ["On", true],
    ["y", "y"],
    ["1,000", 1000n],
    ["0b101", 5n],
    ["-0x1F", -31n],
    ["0_17", 15n],
    ["018", "018"],
    ["0o17", "0o17"],
    ["1e3", "1e3"],
    ["1.5e+3", 1500],
    ["+.5", 0.5],
    [".", "."],
    ["-.INF", Number.NEGATIVE_INFINITY],
    ["1:30", 5400n],
    ["-1:00:05.5", -3594.5],
    ["12:60", "12:60"],
    ["2020-13-01", "2020-13-01"],
    ["falsehood", "falsehood"],
  ])("reads %j as %s", (text, value) => {
    expect(resolvePlainScalar(text)).toEqual(value);
  });

  it("reads a leading colon as a symbol", () => {
    expect(resolvePlainScalar(":linux")).toEqual(new YamlSymbol("linux"));
    expect(resolvePlainScalar(':"a b"')).toEqual(new YamlSymbol("a b"));
  });

  it.each(["2020-1-31", "2020-01-01 10:00:00", "2020-01-01T10:00:00.5Z", "0x_", "0b,"])("refuses %s", (text) => {
    expect(() => resolvePlainScalar(text)).toThrow(ScalarRefused);
  });
});

it("leadingInteger stops at the first character that is no digit", () => {
  expect(["300s", " 7", "-5x", "1_000", "1__0", "0x10", ""].map(leadingInteger)).toEqual([
    300n,
    7n,
    -5n,
    1000n,
    1n,
    0n,
    0n,
  ]);
});

it("resolveFloatTag takes what is a number after all", () => {
  expect(["0", "0.0", "1e3", "0x1A"].map(resolveFloatTag)).toEqual([0, 0, 1000, 26]);
  expect(() => resolveFloatTag("abc")).toThrow(ScalarRefused);
});

it("inspectYaml spells values as the reference's messages do", () => {
  const map = new Map([["a", [1n, 1, 1e16, 1e-5, null, true, 'q"\n#{x}\u00e9\u200b', new YamlSymbol("s")]]]);
  expect(inspectYaml(map)).toBe('{"a"=>[1, 1.0, 1.0e+16, 1.0e-05, nil, true, "q\\"\\n\\#{x}\u00e9\\u200B", :s]}');
});
