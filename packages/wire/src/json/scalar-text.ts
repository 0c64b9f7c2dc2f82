import { MAX_INTEGER, MIN_INTEGER, type ScalarShape } from "../shapes/shape.ts";
import { isStorable } from "./storable-text.ts";

const WHOLE_NUMBER = /^[+-]?\d{1,16}$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** As messages name them. */
export const SCALAR_KINDS: Readonly<Record<ScalarShape["kind"], string>> = {
  string: "String",
  boolean: "Boolean",
  integer: "Integer",
  long: "Long",
  double: "Double",
  timestamp: "Timestamp",
  blob: "Blob (base64)",
};

/** A value as a form, a URL or a header has it. Undefined where the text is none of the kind. */
export function scalarOf({ kind }: ScalarShape, text: string): string | number | boolean | Date | Buffer | undefined {
  switch (kind) {
    case "string":
      return isStorable(text) ? text : undefined;
    case "boolean":
      return text === "true" || text === "false" ? text === "true" : undefined;
    case "integer":
    case "long": {
      const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
      const isInRange = kind === "integer" ? value >= MIN_INTEGER && value <= MAX_INTEGER : Number.isSafeInteger(value);
      return isInRange ? value : undefined;
    }
    case "double":
      return DECIMAL.test(text) ? Number(text) : undefined;
    case "timestamp": {
      const date = new Date(DECIMAL.test(text) ? Number(text) * 1000 : text);
      return Number.isNaN(date.getTime()) ? undefined : date;
    }
    case "blob": {
      const bytes = Buffer.from(text, "base64");
      return bytes.toString("base64") === text ? bytes : undefined;
    }
    default:
      return kind satisfies never;
  }
}
