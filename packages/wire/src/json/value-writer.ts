import { InvariantViolation } from "@sluice/model/invariant.ts";
import type { Shape, StructureShape } from "../shapes/shape.ts";

/**
 * The JSON text of a value, by its shape: members that the shape lacks are never written, so nothing internal leaks; undefined
 * is dropped; a `Date` becomes epoch seconds with a fraction of milliseconds. A value that does not fit its shape is our bug.
 */
export function writeStructure(shape: StructureShape, value: object): string {
  return JSON.stringify(plainStructure(shape, value, ""));
}

function plainStructure(shape: StructureShape, value: object, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name in shape.members) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined || member === null) continue;
    result[name] = plainValue(shape.members[name]!, member, `${path}.${name}`);
  }
  return result;
}

function plainValue(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case "string":
      return typeof value === "string" ? value : unfit(path, shape, value);
    case "boolean":
      return typeof value === "boolean" ? value : unfit(path, shape, value);
    case "integer":
    case "long":
      return Number.isSafeInteger(value) ? value : unfit(path, shape, value);
    case "double":
      return Number.isFinite(value) ? value : unfit(path, shape, value);
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) return unfit(path, shape, value);
      return value.getTime() / 1000;
    case "blob":
      return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : unfit(path, shape, value);
    case "list":
      if (!Array.isArray(value)) return unfit(path, shape, value);
      return value.map((member, index) => plainValue(shape.member, member, `${path}[${index}]`));
    case "map":
      if (typeof value !== "object" || value === null) return unfit(path, shape, value);
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, plainValue(shape.value, member, `${path}.${name}`)]),
      );
    case "structure":
      if (typeof value !== "object" || value === null) return unfit(path, shape, value);
      return plainStructure(shape, value, path);
    default: {
      const never: never = shape;
      return never;
    }
  }
}

function unfit(path: string, shape: Shape, value: unknown): never {
  const kind =
    value === null ? "null" : Array.isArray(value) ? "an array" : value instanceof Date ? "a Date" : typeof value;
  throw new InvariantViolation(`${path.slice(1)}: ${kind} does not fit the shape ${shape.kind}`);
}
