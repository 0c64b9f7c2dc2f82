import {
  type ListShape,
  MAX_INTEGER,
  type MapShape,
  MIN_INTEGER,
  type Shape,
  type StringShape,
  type StructureShape,
} from "../shapes/shape.ts";
import { isStorable, toStorable } from "./storable-text.ts";

/** A value that does not have its shape; `message` begins with the path: `tags[0].Key: expected String, got Number`. */
export class ShapeMismatch extends Error {
  constructor(path: string, problem: string) {
    super(`${path === "" ? "the request" : path}: ${problem}`);
    this.name = "ShapeMismatch";
  }
}

/** What a `Date` can hold, in seconds. */
const MAX_TIMESTAMP_SECONDS = 8_640_000_000_000;

/**
 * Brings parsed JSON into its shape, as new objects: unknown members are dropped as AWS drops them, so are null members, and
 * timestamps become `Date`. Missing members are no concern of the wire. Throws {@link ShapeMismatch}.
 */
export function readStructure(shape: StructureShape, value: unknown, path = ""): Record<string, unknown> {
  if (!isObject(value)) throw mismatch(path, "Structure", value);
  const result: Record<string, unknown> = {};
  for (const name in value) {
    if (!Object.hasOwn(shape.members, name)) continue;
    const member = value[name];
    if (member === null || member === undefined) continue;
    result[name] = readValue(shape.members[name]!, member, path === "" ? name : `${path}.${name}`);
  }
  return result;
}

function readValue(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case "string":
      return readString(shape, value, path);
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(path, "Boolean", value);
      return value;
    case "integer":
      if (typeof value !== "number") throw mismatch(path, "Integer", value);
      if (!Number.isInteger(value) || value > MAX_INTEGER || value < MIN_INTEGER) {
        throw new ShapeMismatch(path, `expected Integer (32 bits), got ${value}`);
      }
      return value;
    case "long":
      if (typeof value !== "number") throw mismatch(path, "Long", value);
      if (!Number.isSafeInteger(value)) throw new ShapeMismatch(path, `expected Long, got ${value}`);
      return value;
    case "double":
      if (typeof value !== "number") throw mismatch(path, "Double", value);
      return value;
    case "timestamp":
      return readTimestamp(value, path);
    case "blob":
      return readBlob(value, path);
    case "list":
      return readList(shape, value, path);
    case "map":
      return readMap(shape, value, path);
    case "structure":
      return readStructure(shape, value, path);
    default: {
      const never: never = shape;
      return never;
    }
  }
}

function readString(shape: StringShape, value: unknown, path: string): string {
  if (typeof value !== "string") throw mismatch(path, "String", value);
  if (shape.isOutput) return toStorable(value);
  if (!isStorable(value)) {
    throw new ShapeMismatch(path, "a string holds a zero character or half of a surrogate pair; leave it out");
  }
  return value;
}

function readTimestamp(value: unknown, path: string): Date {
  if (typeof value !== "number") throw mismatch(path, "Timestamp (epoch seconds)", value);
  if (Math.abs(value) > MAX_TIMESTAMP_SECONDS) {
    throw new ShapeMismatch(path, `expected Timestamp (epoch seconds), got ${value}, which no calendar reaches`);
  }
  return new Date(Math.round(value * 1000));
}

function readBlob(value: unknown, path: string): Buffer {
  if (typeof value !== "string") throw mismatch(path, "Blob (base64)", value);
  const bytes = Buffer.from(value, "base64");
  // What is no base64 is skipped by the decoder.
  if (bytes.length !== base64Bytes(value))
    throw new ShapeMismatch(path, "expected Blob (base64), got other characters");
  return bytes;
}

function base64Bytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}

/** A null entry is dropped, as CodeDeploy's own (non-sparse) lists drop it. */
function readList(shape: ListShape, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw mismatch(path, "List", value);
  const result: unknown[] = [];
  for (let index = 0; index < value.length; index += 1) {
    if (value[index] !== null) result.push(readValue(shape.member, value[index], `${path}[${index}]`));
  }
  return result;
}

function readMap(shape: MapShape, value: unknown, path: string): Record<string, unknown> {
  if (!isObject(value)) throw mismatch(path, "Map", value);
  const entries: [string, unknown][] = [];
  for (const name in value) {
    if (!isStorable(name)) throw new ShapeMismatch(path, "a key holds a zero character or half of a surrogate pair");
    if (value[name] !== null) entries.push([name, readValue(shape.value, value[name], `${path}.${name}`)]);
  }
  // fromEntries defines own properties: a key `__proto__` stays a key.
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mismatch(path: string, expected: string, value: unknown): ShapeMismatch {
  return new ShapeMismatch(path, `expected ${expected}, got ${jsonKind(value)}`);
}

function jsonKind(value: unknown): string {
  if (value === null) return "Null";
  if (Array.isArray(value)) return "List";
  switch (typeof value) {
    case "string":
      return "String";
    case "number":
      return "Number";
    case "boolean":
      return "Boolean";
    default:
      return "Structure";
  }
}
