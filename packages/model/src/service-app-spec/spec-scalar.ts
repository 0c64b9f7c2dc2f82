import { excerpt } from "../excerpt.ts";
import { addFault, type SpecFaults } from "./spec-fault.ts";
import { kindOf, type SpecValue } from "./spec-value.ts";

/** A text with something in it, and with no character that cannot be seen. */
export function readText(value: SpecValue, cure: string, faults: SpecFaults): string | undefined {
  if (value.kind === "number" || value.kind === "boolean") {
    return addFault(faults, value, `is ${kindOf(value)}, not a text: put it in quotes, or ${cure}`);
  }
  if (value.kind !== "text") return addFault(faults, value, `is ${kindOf(value)}: ${cure}`);
  const text = value.text.trim();
  if (text === "") return addFault(faults, value, `is empty: ${cure}`);
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) {
    return addFault(faults, value, `holds a line break or another character that cannot be seen: ${cure}`);
  }
  return text;
}

/** A whole number, or the digits of one as a text, which templates make of it. */
export function readWholeNumber(
  value: SpecValue,
  { least, most }: { readonly least: number; readonly most: number },
  faults: SpecFaults,
): number | undefined {
  const range = `give a whole number from ${least} to ${most}`;
  const isText = value.kind === "text";
  if (!isText && value.kind !== "number") return addFault(faults, value, `is ${kindOf(value)}: ${range}`);
  const written = isText ? value.text.trim() : value.written;
  const number = isText ? (/^\d{1,15}$/.test(written) ? Number(written) : Number.NaN) : value.number;
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  return addFault(faults, value, `is ${isText ? JSON.stringify(excerpt(written)) : excerpt(written)}: ${range}`);
}

export function readChoice<Choice extends string>(
  value: SpecValue,
  choices: readonly Choice[],
  faults: SpecFaults,
): Choice | undefined {
  const cure = `give ${choices.join(" or ")}`;
  const text = readText(value, cure, faults);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  return choice ?? addFault(faults, value, `is ${JSON.stringify(excerpt(text))}: ${cure}`);
}

/** A list with at least one text in it. */
export function readTexts(value: SpecValue, cure: string, faults: SpecFaults): string[] | undefined {
  if (value.kind !== "list") return addFault(faults, value, `is ${kindOf(value)}: ${cure}`);
  if (value.items.length === 0) return addFault(faults, value, `is an empty list: ${cure}`);
  const texts = value.items.map((item) => readText(item, cure, faults));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** A text that a template, or a person, was to put something else in the place of. */
export function isPlaceholder(text: string): boolean {
  return /[<>{}$]/.test(text);
}
