import type { FileMode } from "./app-spec.ts";
import { AppSpecError } from "./app-spec-error.ts";

const MIN_DIGITS = 3;
const MAX_DIGITS = 4;

/**
 * `text` is the file's value as text: one to four octal digits, padded to three. A number with a leading zero has been
 * through YAML's octal notation by then, so `mode: 0755` arrives as `493` and is refused.
 */
export function parseFileMode(text: string): FileMode {
  const characters = [...text];
  const digits = [...Array<string>(Math.max(MIN_DIGITS - characters.length, 0)).fill("0"), ...characters];
  const mode = digits.join("");
  if (digits.length > MAX_DIGITS) {
    throw new AppSpecError(
      `The deployment failed because the length of a permissions mode (${mode}) in the application specification file is invalid. ` +
        "Permissions modes must be between one and four characters long. Update the permissions section of the AppSpec file, and then try again.",
    );
  }
  const stranger = digits.find((digit) => !/[0-7]/.test(digit));
  if (stranger !== undefined) {
    throw new AppSpecError(
      `The deployment failed because the permissions mode (${mode}) in the application specification file contains an invalid character (${stranger}). ` +
        "Update the permissions section of the AppSpec file, and then try again.",
    );
  }
  return { text: mode, value: Number.parseInt(mode, 8) };
}
