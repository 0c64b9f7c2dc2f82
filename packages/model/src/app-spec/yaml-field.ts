import { AppSpecError } from "./app-spec-error.ts";
import { noMember, noMethod, type ReferenceCrash } from "./reference-crash.ts";
import type { TextPlace, YamlPlaces } from "./yaml-places.ts";
import {
  inspectYaml,
  isTruthy,
  isYamlList,
  isYamlMap,
  type YamlMap,
  YamlSymbol,
  type YamlValue,
} from "./yaml-value.ts";

/**
 * The reference asks most values for a member without looking at what they are. A text "has" a member whose name it
 * contains (its value is the name), and anything else but a mapping makes it crash: that is an {@link AppSpecError} here.
 */
export function member(value: YamlValue, name: string, field: string): YamlValue {
  if (isYamlMap(value)) return value.get(name) ?? null;
  if (typeof value === "string") return value.includes(name) ? name : null;
  if (value instanceof YamlSymbol) return value.name.includes(name) ? name : null;
  throw misfit(field, value, `Write it as a mapping with the key ${name}`, noMember(value));
}

/** An empty mapping is as good as an empty list. */
export function listOf(value: YamlValue, field: string, cure: string): readonly YamlValue[] {
  if (isYamlList(value)) return value;
  if (isYamlMap(value)) return [...value].map((pair) => pair);
  throw misfit(field, value, cure, noMethod("each", value));
}

/** Undefined for a mapping in the place of a list. */
export function placeOfItem(list: YamlValue, index: number, places: YamlPlaces): TextPlace | undefined {
  return isYamlList(list) ? places.item(list, index) : undefined;
}

export function listOrNone(value: YamlValue, field: string, cure: string): readonly YamlValue[] {
  return isTruthy(value) ? listOf(value, field, cure) : [];
}

/** @param method that the reference calls on it */
export function mapOf(value: YamlValue, field: string, cure: string, method: "each_pair" | "has_key?"): YamlMap {
  if (isYamlMap(value)) return value;
  throw misfit(field, value, cure, noMethod(method, value));
}

/** Leading and trailing white space and NULs go; other blanks, such as a no-break space, stay. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && STRIPPED.has(text.charAt(start))) start++;
  while (end > start && STRIPPED.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

const STRIPPED: ReadonlySet<string> = new Set(["\0", "\t", "\n", "\v", "\f", "\r", " "]);

const MAX_EXCERPT_CHARACTERS = 80;

/** Where the reference crashes there is no message of its own to repeat. */
export function misfit(field: string, value: YamlValue, cure: string, crash: ReferenceCrash | null): AppSpecError {
  const text = inspectYaml(value);
  const excerpt = text.length > MAX_EXCERPT_CHARACTERS ? `${text.slice(0, MAX_EXCERPT_CHARACTERS)}…` : text;
  return new AppSpecError(
    `The application specification file has a value of the wrong kind for ${field}: ${excerpt}. ${cure}, and then try again.`,
    null,
    { crash },
  );
}
