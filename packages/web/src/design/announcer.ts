/** What a screen reader is told that the page shows by other means. The shell shows it in a live region. */
type Listener = (words: string) => void;

const listeners = new Set<Listener>();

export function announce(words: string): void {
  for (const listener of listeners) listener(words);
}

export function onAnnouncement(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
