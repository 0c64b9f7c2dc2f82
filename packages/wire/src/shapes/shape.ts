import type { TargetFilterName } from "@aws-sdk/client-codedeploy";

/**
 * What a value looks like on the wire. Shapes refer to each other directly, so reading and writing needs no look-ups. The type
 * parameters exist for the compiler alone: `TableFor` proves a table against the TypeScript types of its operations.
 */
export type Shape = ScalarShape | ListShape | MapShape | StructureShape;
export type ScalarShape = StringShape | NumberShape | BooleanShape | TimestampShape | BlobShape;

export interface StringShape {
  readonly kind: "string";
  /** What programs printed: characters that cannot be stored are replaced. In all other strings they are refused. */
  readonly isOutput?: true;
}
/** Of an `integer`, which has 32 bits. */
export const MAX_INTEGER = 2_147_483_647;
export const MIN_INTEGER = -2_147_483_648;

export interface NumberShape {
  readonly kind: "integer" | "long" | "double";
}
export interface BooleanShape {
  readonly kind: "boolean";
}
/** Epoch seconds on the wire (a fraction of milliseconds), `Date` in code. */
export interface TimestampShape {
  readonly kind: "timestamp";
}
/** Bytes: base64 in JSON, and as they are where they are a whole body; `Uint8Array` in code. */
export interface BlobShape {
  readonly kind: "blob";
}
export interface ListShape<Member = Shape> {
  readonly kind: "list";
  readonly member: Member;
}
/** Keys are strings. */
export interface MapShape<Value = Shape> {
  readonly kind: "map";
  readonly value: Value;
}
export type Members = { readonly [name: string]: Shape };
export interface StructureShape {
  readonly kind: "structure";
  readonly members: Members;
  /** Members that the model requires; the operations check them, not the reader, because each has its own fault. */
  readonly required: readonly string[];
}
/** A structure whose members the compiler knows. */
export interface ExactStructure<M, Required extends string> extends StructureShape {
  /** Never set. Makes a member too many as wrong to the compiler as one too few. */
  readonly exactly?: (members: M, required: Required) => readonly [M, Required];
}

export const string: StringShape = { kind: "string" };
export const outputText: StringShape = { kind: "string", isOutput: true };
export const integer: NumberShape = { kind: "integer" };
export const long: NumberShape = { kind: "long" };
export const double: NumberShape = { kind: "double" };
export const boolean: BooleanShape = { kind: "boolean" };
export const timestamp: TimestampShape = { kind: "timestamp" };
export const blob: BlobShape = { kind: "blob" };

export function list<Member extends Shape>(member: Member): ListShape<Member> {
  return { kind: "list", member };
}

export function map<Value extends Shape>(value: Value): MapShape<Value> {
  return { kind: "map", value };
}

export function structure<M extends Members, const Required extends string & keyof M = never>(
  members: M,
  required: readonly Required[] = [],
): ExactStructure<M, Required> {
  return { kind: "structure", members, required };
}

export interface OperationShape<Input = StructureShape, Output = StructureShape> {
  readonly input: Input;
  readonly output: Output;
}

/** All operations of one service by name. */
export type OperationTable = { readonly [operation: string]: OperationShape };

// By the `?` and not by `undefined`: the SDK writes a required member as `name: string | undefined`.
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T] & string;

/** The one shape that a TypeScript type has on the wire. */
export type ShapeOf<T> = [T] extends [string]
  ? StringShape
  : [T] extends [number]
    ? NumberShape
    : [T] extends [boolean]
      ? BooleanShape
      : [T] extends [Date]
        ? TimestampShape
        : [T] extends [Uint8Array]
          ? BlobShape
          : [T] extends [readonly (infer Member)[]]
            ? ListShape<ShapeOf<Member>>
            : string extends keyof T
              ? [T[string]] extends [never]
                ? ExactStructure<Record<never, never>, never>
                : MapShape<ShapeOf<T[string]>>
              : IsEnumKeyedMap<T> extends true
                ? MapShape<ListShape<StringShape>>
                : ExactStructure<
                    {
                      [K in keyof T & string as IsDocument<NonNullable<T[K]>> extends true ? never : K]-?: ShapeOf<
                        NonNullable<T[K]>
                      >;
                    },
                    RequiredKeys<T>
                  >;

/** JSON of any form: no shape can say that, and no operation that is served takes any. The generator leaves such members out, too. */
type IsDocument<T> = [string | number] extends [T] ? ([T] extends [object] ? false : true) : false;

/** The SDK writes a map whose keys are enumerated as an object of optional lists; there is one, `TargetFilters`. */
type IsEnumKeyedMap<T> = [keyof T] extends [never] ? false : [keyof T] extends [TargetFilterName] ? true : false;

/** The table that operations of these types must have: `{...} satisfies TableFor<CommandOperations>`. */
export type TableFor<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends { input: infer Input; output: infer Output }
    ? OperationShape<ShapeOf<Input>, ShapeOf<Output>>
    : never;
};

/** What `Operations` maps to: a name to its input and output types. */
export type OperationTypes = { [Name in string]: { input: object; output: object } };
