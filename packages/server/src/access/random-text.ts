import { randomInt } from "node:crypto";

/** `length` characters drawn uniformly from `alphabet`, from the system's secure source. */
export function randomText(alphabet: string, length: number): string {
  let text = "";
  for (let index = 0; index < length; index += 1) text += alphabet[randomInt(alphabet.length)];
  return text;
}

export const UPPER_CASE_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
export const LETTERS_AND_DIGITS = `${UPPER_CASE_AND_DIGITS}abcdefghijklmnopqrstuvwxyz`;
