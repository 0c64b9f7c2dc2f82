import { invalid } from "./lambda-faults.ts";

/** A whole number from `min` to `max`. */
export function requireWithin(value: number, name: string, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw invalid(`${name} ${value} is out of range: give ${min} to ${max}.`);
}

export function requireShort(text: string, name: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  throw invalid(`${name} has ${text.length} characters: give at most ${maxCharacters}.`);
}
