/** `a, b and 3 more`, or `a; b; and 3 more`: the first `most` of the phrases, and how many there are besides. */
export function someOf(phrases: readonly string[], most: number, separator: ", " | "; " = ", "): string {
  const told = phrases.slice(0, most).join(separator);
  const rest = phrases.length - most;
  return rest > 0 ? `${told}${separator === ", " ? " " : separator}and ${rest} more` : told;
}
