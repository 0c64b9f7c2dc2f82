import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ELBV2_TABLE } from "../generated/elbv2-shapes.ts";
import type { OperationTable, Shape, StructureShape } from "../shapes/shape.ts";
import { FormMismatch, readForm } from "./form-reader.ts";

const TABLE: OperationTable = ELBV2_TABLE;
const INPUTS = Object.values(TABLE).map(({ input }) => input);
const RUNS = 2_000;

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("", "a.b", "member", "1", "true", "&=%", "\u202e", "😀", "__proto__", "constructor"),
);

/** A value of the shape, none of it undefined, lists and maps with a member at least: an empty one has a form of its own. */
function valueIn(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
      return text;
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer();
    case "long":
      return fc.maxSafeInteger();
    case "double":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    case "timestamp":
      return fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
    case "blob":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case "list":
      return fc.array(valueIn(shape.member), { minLength: 1, maxLength: 12 });
    case "map":
      return fc.dictionary(text, valueIn(shape.value), { minKeys: 1, maxKeys: 4 });
    case "structure":
      return structureOf(shape);
    default:
      return shape satisfies never;
  }
}

function structureOf({ members }: StructureShape): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(members).map(([name, shape]) =>
    fc.option(valueIn(shape), { nil: undefined, freq: 1 }).map((value) => [name, value] as const),
  );
  return fc.tuple(...entries).map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)));
}

/** As SDKs write it. */
function* formOf(shape: Shape, value: unknown, name: string): Generator<readonly [string, string]> {
  switch (shape.kind) {
    case "list":
      for (const [index, member] of (value as unknown[]).entries()) {
        yield* formOf(shape.member, member, `${name}.member.${index + 1}`);
      }
      return;
    case "map":
      for (const [index, [key, member]] of Object.entries(value as object).entries()) {
        yield [`${name}.entry.${index + 1}.key`, key];
        yield* formOf(shape.value, member, `${name}.entry.${index + 1}.value`);
      }
      return;
    case "structure":
      for (const [member, inner] of Object.entries(value as object)) {
        yield* formOf(shape.members[member]!, inner, name === "" ? member : `${name}.${member}`);
      }
      return;
    case "timestamp":
      yield [name, (value as Date).toISOString()];
      return;
    case "blob":
      yield [name, (value as Buffer).toString("base64")];
      return;
    default:
      yield [name, String(value)];
  }
}

/** What no form can say: structures without members in a list leave no trace, and so the list is shorter. */
function isSayable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((member) => isSayable(member) && !isEmpty(member));
  if (typeof value !== "object" || value === null || value instanceof Date) return true;
  return Object.values(value).every((member) => isSayable(member) && !isEmpty(member));
}

function isEmpty(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !(value instanceof Date) && [...Object.keys(value)].length === 0
  );
}

describe("a form", () => {
  it("is read as what was written into it, in whatever order", () => {
    const call = fc
      .constantFrom(...INPUTS)
      .chain((input) => fc.tuple(fc.constant(input), structureOf(input), fc.nat()));
    fc.assert(
      fc.property(call, ([input, value, turn]) => {
        fc.pre(isSayable(value));
        const pairs = [...formOf(input, value, "")];
        const turned = pairs.map((_, index) => pairs[(index + turn) % pairs.length]!);
        const form = new URLSearchParams(turned.map(([name, text]) => [name, text] as [string, string]));
        // By its text, as it comes over the wire.
        expect(readForm(input, new URLSearchParams(form.toString()))).toEqual(value);
      }),
      { numRuns: RUNS },
    );
  });

  it("of anything is read, or refused by name, and never with another error", () => {
    const names = [...new Set(INPUTS.flatMap(({ members }) => Object.keys(members)))];
    const part = fc.oneof(
      fc.constantFrom(...names, "member", "entry", "key", "value", "1", "2", "0", "01", "-1", "", "__proto__"),
      fc.string({ maxLength: 5 }),
    );
    const name = fc
      .tuple(fc.constantFrom(...names), fc.array(part, { maxLength: 6 }))
      .map(([first, rest]) => [first, ...rest].join("."));
    const form = fc.array(fc.tuple(name, text), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...INPUTS), form, (input, pairs) => {
        try {
          readForm(input, new URLSearchParams(pairs.map(([first, second]) => [first, second] as [string, string])));
        } catch (error) {
          expect(error).toBeInstanceOf(FormMismatch);
        }
      }),
      { numRuns: RUNS * 5 },
    );
  });
});
