import { excerpt } from "@sluice/model/excerpt.ts";
import { invalid } from "./member-rules.ts";

export function requireOneOf<const Value extends string>(
  text: string,
  member: string,
  values: readonly Value[],
): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw invalid(`${member} ${excerpt(text)} is not valid: use ${values.join(", ")}.`);
}

export function requireWithin(value: number, member: string, [least, most]: readonly [number, number]): number {
  if (value >= least && value <= most) return value;
  throw invalid(`${member} ${value} is out of range: give ${least} to ${most}.`);
}
