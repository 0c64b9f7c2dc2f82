import type { AppSpecValue } from "./app-spec.ts";

/**
 * A YAML value that still tells apart what the reference agent's language does: integers are bigints, floats are numbers
 * (`mode: 644` is accepted, `mode: 644.0` is not). There are no shared or circular values, because aliases are refused.
 */
export type YamlValue = null | boolean | bigint | number | string | YamlSymbol | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<YamlValue, YamlValue>;

/** A plain `:name`: prints as its name, but equals no string, so `os: :linux` is not `os: linux`. */
export class YamlSymbol {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export function isYamlMap(value: YamlValue): value is YamlMap {
  return value instanceof Map;
}

export function isYamlList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Only nothing, null and false are false; 0 and the empty string are true. */
export function isTruthy(value: YamlValue): value is Exclude<YamlValue, null | false> {
  return value !== null && value !== false;
}

/** A value's text, as it appears in the reference agent's messages and in fields that it turns into text. */
export function yamlText(value: YamlValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (value instanceof YamlSymbol) return value.name;
  return inspectYaml(value);
}

/** A value as the reference agent's language spells it in source: `{"name"=>"u", "ids"=>[1, 2.0, nil]}`. */
export function inspectYaml(value: YamlValue): string {
  if (value === null) return "nil";
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return floatText(value);
  if (value instanceof YamlSymbol)
    return /^[A-Za-z_]\w*[?!]?$/.test(value.name) ? `:${value.name}` : `:${quote(value.name)}`;
  if (isYamlList(value)) return `[${value.map(inspectYaml).join(", ")}]`;
  if (isYamlMap(value)) {
    return `{${[...value].map(([key, member]) => `${inspectYaml(key)}=>${inspectYaml(member)}`).join(", ")}}`;
  }
  return String(value);
}

/** Plain JSON: integers and floats become numbers, symbols their names, keys their text. */
export function plainValue(value: YamlValue): AppSpecValue {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof YamlSymbol) return value.name;
  if (isYamlList(value)) return value.map(plainValue);
  if (isYamlMap(value)) {
    const plain: Record<string, AppSpecValue> = Object.create(null);
    for (const [key, member] of value) plain[yamlText(key)] = plainValue(member);
    return plain;
  }
  return value;
}

const FIXED_BELOW = 1e16;
const FIXED_FROM = 1e-4;

/** Floats always show a point (`1.0`), and turn to `1.0e+16` and `1.0e-05` outside the fixed range. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size === 0 || (size >= FIXED_FROM && size < FIXED_BELOW)) {
    const fixed = String(value);
    return fixed.includes(".") ? fixed : `${fixed}.0`;
  }
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${digits.includes(".") ? digits : `${digits}.0`}e${sign}${exponent.slice(1).padStart(2, "0")}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\v": "\\v",
  "\b": "\\b",
  "\x07": "\\a",
  "\x1b": "\\e",
};

function quote(text: string): string {
  const escaped = text
    .replaceAll(/["\\]|[\p{C}\p{Zl}\p{Zp}]/gu, (character) => ESCAPES[character] ?? unicodeEscape(character))
    .replaceAll(/#(?=[{$@])/g, "\\#");
  return `"${escaped}"`;
}

function unicodeEscape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (code === "7F") return "\\x7F";
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
}
