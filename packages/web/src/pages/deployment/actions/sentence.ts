/** What the API says without a capital or a full stop, as a sentence. */
export function sentence(words: string): string {
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  return capital === "" || /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
