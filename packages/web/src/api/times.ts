/**
 * Times are epoch seconds on the wire and `Date` in code. The wire's own tables know which members are times, and weigh 40 KB; their names
 * say it too, and times.test.ts holds this rule to the tables.
 */
const IS_TIME = /^(at|since|until|start|end)$|(At|Since|Time|Before|After|BackTo)$/;

export function isTimeMember(name: string): boolean {
  return IS_TIME.test(name);
}

/** An answer's text as a value in which times are dates. */
export function readAnswer(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) =>
    typeof value === "number" && isTimeMember(name) ? new Date(Math.round(value * 1000)) : value,
  );
}

/** A call's input as the wire wants it: dates are epoch seconds. */
export function writeInput(input: unknown): string {
  return JSON.stringify(input, function (this: Record<string, unknown>, name, value: unknown) {
    // `toJSON` of a date comes before the replacer: what it was is still in its parent.
    const original = this[name];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}
