/** What is looked at of a line: what a program says, it says at the beginning. */
export const MAX_CLASSIFIED_CHARACTERS = 1000;

/** Colours and other sequences of a terminal (ECMA-48): CSI, OSC, and two-character ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** `[stderr]` before each line of a stored log tail. */
const STREAM_MARK = /^\[(?:stdout|stderr)\]/;

/**
 * The times that programs write before a line: ISO 8601, syslog's with its host and program, Apache's and nginx's, and uptime in brackets.
 * What follows them is what the line says.
 */
const TIME_MARK =
  /^\s*\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: \d{4})?|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|\s{0,8}\d{1,9}\.\d{3,9}(?=\]))\]?\s*/;

/** A line without colours and without the mark of its stream, cut to {@link MAX_CLASSIFIED_CHARACTERS}. A carriage return starts it anew, as on a screen. */
export function plainLine(line: string): string {
  const shown = line
    .slice(0, 4 * MAX_CLASSIFIED_CHARACTERS)
    .replace(TERMINAL_SEQUENCE, "")
    .replace(STREAM_MARK, "")
    .trimEnd();
  return shown.slice(shown.lastIndexOf("\r") + 1).slice(0, MAX_CLASSIFIED_CHARACTERS);
}

/** The same without the time before it. */
export function untimedLine(line: string): string {
  return plainLine(line).replace(TIME_MARK, "");
}
