import { InvariantViolation } from "@sluice/model/invariant.ts";
import type { Shape, StructureShape } from "../shapes/shape.ts";
import type { XmlFields } from "../xml/write-xml.ts";

/**
 * An operation's output as the elements of its answer, by its shape: a list's members are `member`, a map's entries `entry` with `key` and
 * `value`, times are ISO 8601. Members that the shape lacks are never written, so nothing internal leaks; undefined is dropped. A value that
 * does not fit its shape is our bug.
 */
export function toFields(shape: StructureShape, value: object, path = ""): XmlFields {
  const fields: Record<string, XmlFields[string]> = {};
  for (const name in shape.members) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined || member === null) continue;
    fields[name] = toContent(shape.members[name]!, member, `${path}.${name}`);
  }
  return fields;
}

function toContent(shape: Shape, value: unknown, path: string): XmlFields | string {
  switch (shape.kind) {
    case "string":
      return typeof value === "string" ? value : unfit(path, shape, value);
    case "boolean":
      return typeof value === "boolean" ? String(value) : unfit(path, shape, value);
    case "integer":
    case "long":
      return Number.isSafeInteger(value) ? String(value) : unfit(path, shape, value);
    case "double":
      return Number.isFinite(value) ? String(value) : unfit(path, shape, value);
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) return unfit(path, shape, value);
      return value.toISOString();
    case "blob":
      return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : unfit(path, shape, value);
    case "list":
      if (!Array.isArray(value)) return unfit(path, shape, value);
      return { member: value.map((member, index) => toContent(shape.member, member, `${path}[${index}]`)) };
    case "map":
      if (!isObject(value)) return unfit(path, shape, value);
      return {
        entry: Object.entries(value).map(([key, member]) => ({
          key,
          value: toContent(shape.value, member, `${path}.${key}`),
        })),
      };
    case "structure":
      return isObject(value) ? toFields(shape, value, path) : unfit(path, shape, value);
    default:
      return shape satisfies never;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function unfit(path: string, shape: Shape, value: unknown): never {
  throw new InvariantViolation(`${path.slice(1)}: ${typeof value} does not fit the shape ${shape.kind}`);
}
