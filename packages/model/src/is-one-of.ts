/** Whether a text is one of the choices; it is then known to be. */
export function isOneOf<Choice extends string>(choices: readonly Choice[], value: string): value is Choice {
  return (choices as readonly string[]).includes(value);
}
