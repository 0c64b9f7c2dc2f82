/** Counted from 1. `line` is null where the text gives none; without `column` the whole line is meant. */
export interface SpecSpot {
  readonly line: number | null;
  readonly column?: number;
}

/** Of whatever has a spot, its spot alone. */
export function spotOf({ line, column }: SpecSpot): SpecSpot {
  return column === undefined ? { line } : { line, column };
}

/** A value of an AppSpec of ECS or Lambda, with its place. */
export type SpecValue = SpecSpot & { readonly path: string } & (
    | { readonly kind: "map"; readonly members: readonly SpecMember[] }
    | { readonly kind: "list"; readonly items: readonly SpecValue[] }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "number"; readonly number: number; readonly written: string }
    | { readonly kind: "boolean"; readonly written: string }
    | { readonly kind: "empty" }
  );

/** Its spot is that of its key. */
export interface SpecMember extends SpecSpot {
  /** As it is written. */
  readonly key: string;
  readonly value: SpecValue;
}

export type SpecMap = Extract<SpecValue, { readonly kind: "map" }>;

/** What a value is, as a message calls it. */
export function kindOf(value: SpecValue): string {
  switch (value.kind) {
    case "map":
      return "a map";
    case "list":
      return "a list";
    case "text":
      return "a text";
    case "number":
      return `the number ${value.written}`;
    case "boolean":
      return value.written;
    case "empty":
      return "empty";
    default: {
      const never: never = value;
      return never;
    }
  }
}

export function memberPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
