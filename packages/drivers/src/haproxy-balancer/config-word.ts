/** What a plan asks for and this driver does not do; the message is a sentence without a full stop, for the caller. */
export class UnsupportedPlan extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnsupportedPlan";
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * One word of HAProxy's configuration, whatever is in it: in single quotes nothing has a meaning but the closing one. A line cannot be
 * continued in them, so what could end one is refused.
 *
 * @param what names the value for the refusal: `a value of path-pattern`
 */
export function configWord(value: string, what: string): string {
  const found = CONTROL_CHARACTER.exec(value);
  if (found) throw new UnsupportedPlan(`${what} has the control character ${codeOf(found[0])}: leave it out`);
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** Text within a log-format, in which `%` begins a variable. */
export function logFormatText(value: string): string {
  return value.replaceAll("%", "%%");
}

/** An argument of a runtime command, in which spaces, quotes and `;` end or begin something. */
export function commandWord(value: string): string {
  return value.replaceAll(/[\s\\;'"<]/g, "\\$&");
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
