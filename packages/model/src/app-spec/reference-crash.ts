import { inspectYaml, isYamlList, isYamlMap, YamlSymbol, type YamlValue } from "./yaml-value.ts";

/** How the reference agent fails where it does not foresee a value: an error of its language, and its words. */
export interface ReferenceCrash {
  readonly errorClass: string;
  readonly message: string;
}

/** It calls a method that the value does not have. */
export function noMethod(method: string, value: YamlValue): ReferenceCrash {
  return { errorClass: "NoMethodError", message: `undefined method \`${method}' for ${describe(value)}` };
}

/** It asks the value for a member by a name. */
export function noMember(value: YamlValue): ReferenceCrash {
  if (!isYamlList(value) && typeof value !== "bigint") return noMethod("[]", value);
  return { errorClass: "TypeError", message: "no implicit conversion of String into Integer" };
}

/** It makes an integer of the value. */
export function noInteger(value: YamlValue): ReferenceCrash {
  return typeof value === "number"
    ? { errorClass: "FloatDomainError", message: inspectYaml(value) }
    : noMethod("to_i", value);
}

export function noFloat(text: string): ReferenceCrash {
  return { errorClass: "ArgumentError", message: `invalid value for Float(): ${inspectYaml(text)}` };
}

/** It builds nothing but plain values. */
export function classRefused(name: string): ReferenceCrash {
  return { errorClass: "DisallowedClass", message: `Tried to load unspecified class: ${name}` };
}

const NAMED_CLASS = /^!(?:ruby\/(?:object|struct|exception|string|array|hash)|str|map|seq):(.+)$/;
const CLASSES: Readonly<Record<string, string>> = {
  "!set": "Psych::Set",
  "tag:yaml.org,2002:set": "Psych::Set",
  "!ruby/regexp": "Regexp",
  "!ruby/range": "Range",
};

/** Null: of such a tag it says something else. */
export function tagRefused(tag: string): ReferenceCrash | null {
  const name = NAMED_CLASS.exec(tag)?.[1] ?? CLASSES[tag];
  return name === undefined ? null : classRefused(name);
}

function describe(value: YamlValue): string {
  return `${inspectYaml(value)}:${className(value)}`;
}

function className(value: YamlValue): string {
  if (value === null) return "NilClass";
  if (isYamlList(value)) return "Array";
  if (isYamlMap(value)) return "Hash";
  if (value instanceof YamlSymbol) return "Symbol";
  switch (typeof value) {
    case "boolean":
      return value ? "TrueClass" : "FalseClass";
    case "bigint":
      return "Integer";
    case "number":
      return "Float";
    default:
      return "String";
  }
}
