import { classRefused, noFloat, type ReferenceCrash } from "./reference-crash.ts";
import { YamlSymbol, type YamlValue } from "./yaml-value.ts";

/** A plain scalar that names a thing which an AppSpec may not hold; the reader adds the line. */
export class ScalarRefused extends Error {
  /** Null: the reference reads it. */
  readonly crash: ReferenceCrash | null;

  constructor(message: string, crash: ReferenceCrash | null, options?: ErrorOptions) {
    super(message, options);
    this.crash = crash;
  }
}

// The order of these rules is the reference's: each looks only at what the rules before it left over.
const WORDY = /^[^\d.:-]?[\p{Alphabetic}_ \t\r\n\f\v!@#$%^&*(){}<>|/\\~;=]+/u;
const TIME =
  /^-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t\r\n\f\v]+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:[ \t\r\n\f\v]*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?$/;
const DATE = /^\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)$/;
const SEXAGESIMAL_INTEGER = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}$/;
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}\.[0-9_]*$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?$/;
const INTEGER = /^(?:[-+]?0b[01_,]+|[-+]?0[0-7_,]+|[-+]?(?:0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)|[-+]?0x[0-9a-fA-F_,]+)$/;

/**
 * The value of an unquoted scalar by the reference's rules, which are YAML 1.1 with its own additions: `1,000` is a number,
 * `0e0`, `y` and `00018` are text, `10:00` counts hours although it has no seconds, and dates are refused.
 */
export function resolvePlainScalar(text: string): YamlValue {
  if (text === "") return null;
  if (text.includes("\n") || WORDY.test(text)) return resolveWord(text);
  if (TIME.test(text))
    throw new ScalarRefused(`the time ${text} is not allowed; put it in quotes`, classRefused("Time"));
  if (DATE.test(text))
    throw new ScalarRefused(`the date ${text} is not allowed; put it in quotes`, classRefused("Date"));
  if (/^\+?\.inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-\.inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  if (/^\.nan$/i.test(text)) return Number.NaN;
  if (/^:./u.test(text)) return new YamlSymbol(symbolName(text));
  if (SEXAGESIMAL_INTEGER.test(text)) return sexagesimalInteger(text);
  if (SEXAGESIMAL_FLOAT.test(text)) return sexagesimalFloat(text);
  if (FLOAT.test(text)) return resolveFloat(text);
  if (INTEGER.test(text)) return resolveInteger(text);
  return text;
}

const LONGEST_WORD = 5;

function resolveWord(text: string): YamlValue {
  if (text.length > LONGEST_WORD) return text;
  if (/^(?:~|null)$/i.test(text)) return null;
  if (/^(?:yes|true|on)$/i.test(text)) return true;
  if (/^(?:no|false|off)$/i.test(text)) return false;
  return text;
}

function symbolName(text: string): string {
  const quoted = /^:(["'])(.*)\1/u.exec(text);
  return (quoted?.[2] ?? text).replace(/^:/, "");
}

/** Weights are 60², 60, 1 from the left whether there are two parts or three, so `10:00` is 36000. */
const SEXAGESIMAL_WEIGHTS = [3600, 60, 1];

function sexagesimalInteger(text: string): bigint {
  const parts = text.split(":").map(leadingInteger);
  return parts.reduce((sum, part, index) => sum + part * BigInt(SEXAGESIMAL_WEIGHTS[index] ?? 0), 0n);
}

function sexagesimalFloat(text: string): number {
  const parts = text.split(":").map(leadingFloat);
  return parts.reduce((sum, part, index) => sum + part * (SEXAGESIMAL_WEIGHTS[index] ?? 0), 0);
}

/** The integer that text starts with, or 0: `"300s"` is 300, `"0x10"` is 0, `"1_000"` is 1000. */
export function leadingInteger(text: string): bigint {
  const match = /^[ \t\r\n\f\v]*([-+]?)(\d+(?:_\d+)*)/.exec(text);
  if (match === null) return 0n;
  const size = BigInt((match[2] ?? "0").replaceAll("_", ""));
  return match[1] === "-" ? -size : size;
}

function leadingFloat(text: string): number {
  const match = /^[-+]?\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?/.exec(text);
  return Number((match?.[0] ?? "0").replaceAll("_", ""));
}

function resolveFloat(text: string): number | string {
  if (/^[-+]?\.$/.test(text)) return text;
  const digits = text.replaceAll(/[,_]/g, "").replace(/\.(?=[Ee]|$)/, "");
  const value = Number(digits);
  if (Number.isNaN(value))
    throw new ScalarRefused(`the number ${text} has no digits; put it in quotes`, noFloat(digits));
  return value;
}

function resolveInteger(text: string): bigint {
  const negative = text.startsWith("-");
  const digits = text.replaceAll(/[-+,_]/g, "");
  const octal = /^0[0-7]+$/.test(digits);
  if (/^0[bx]$/.test(digits)) throw new ScalarRefused(`the number ${text} has no digits; put it in quotes`, null);
  const size = BigInt(octal ? `0o${digits}` : digits);
  return negative ? -size : size;
}

/** The value of a scalar with an explicit `!!float`. */
export function resolveFloatTag(text: string): number {
  const value = resolvePlainScalar(text);
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  const digits = typeof value === "string" ? value.trim().replaceAll(/(?<=\d)_(?=\d)/g, "") : "";
  if (/^[-+]?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/i.test(digits)) {
    return digits.startsWith("-") ? -Number(digits.slice(1)) : Number(digits.replace(/^\+/, ""));
  }
  throw new ScalarRefused(`!!float ${JSON.stringify(text)} is not a number; write one such as 0.0`, noFloat(text));
}

/** The text of a scalar with an explicit `!!binary`; characters that are not base64 are passed over. */
export function resolveBinaryTag(text: string): string {
  const digits = (/^[^=]*/.exec(text)?.[0] ?? "").replaceAll(/[^A-Za-z0-9+/]/g, "");
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  const bytes = Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ScalarRefused("a !!binary value is not UTF-8 text; write it as plain text", null, { cause });
  }
}
