/**
 * JSON can say what no database and no UTF-8 can hold: a zero character, which PostgreSQL refuses, and half of a surrogate pair, which
 * would be stored as another character than was sent.
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** For what programs on a host printed, which nobody can be asked to mend: each such character becomes U+FFFD. */
export function toStorable(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll("\0", "\ufffd");
}
