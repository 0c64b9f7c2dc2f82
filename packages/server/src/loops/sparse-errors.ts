/** So long an error is known: whoever looks at the log of a trouble that lasts finds it again at least this often. */
const KNOWN_MILLISECONDS = 600_000;
/** Messages that are remembered; beyond, the oldest is told once too often rather than that all are kept. */
const MAX_KNOWN_ERRORS = 1_000;

/**
 * Passes on each error that is news. A provider that is away fails the attempts of a thousand hosts, again and again, with the same words:
 * these are passed on once, and again after ten minutes.
 */
export function sparseErrors(onError: (error: unknown) => void, now: () => number): (error: unknown) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const before = toldAt.get(words);
    if (before !== undefined && now() - before < KNOWN_MILLISECONDS) return;
    // Behind the others, so that the first is the oldest.
    toldAt.delete(words);
    toldAt.set(words, now());
    const [oldest] = toldAt.keys();
    if (toldAt.size > MAX_KNOWN_ERRORS && oldest !== undefined) toldAt.delete(oldest);
    onError(error);
  };
}
