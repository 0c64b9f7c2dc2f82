/** Of a value that a message quotes. */
export const MAX_EXCERPT_CHARACTERS = 120;

/**
 * A caller's value as a message may quote it: an error must not carry megabytes back, or into a log. Also of a member that is left out, which the
 * types of inputs have as required: only the operations see that it is missing.
 */
export function excerpt(value: string | undefined): string {
  if (value === undefined) return "";
  if (value.length <= MAX_EXCERPT_CHARACTERS) return value;
  return `${value.slice(0, MAX_EXCERPT_CHARACTERS).toWellFormed()}… (${value.length} characters)`;
}

/** Cut to at most `maxCharacters`, and says so: for what programs wrote, which nobody can be asked to shorten. */
export function truncate(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const mark = `… [cut: ${text.length} characters]`;
  return `${text.slice(0, Math.max(maxCharacters - mark.length, 0))}${mark}`.slice(0, maxCharacters).toWellFormed();
}
