/**
 * One answer for all who ask while it is made, and for so long after. Who asks after one that failed has it made again.
 *
 * @param now epoch milliseconds
 */
export function sharedAnswer<T>(make: () => Promise<T>, keptMilliseconds: number, now: () => number): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  let kept: { readonly answer: T; readonly at: number } | undefined;
  return async () => {
    // Of a clock that was set back nobody knows how old the answer is.
    const age = kept === undefined ? -1 : now() - kept.at;
    if (kept !== undefined && age >= 0 && age < keptMilliseconds) return kept.answer;
    underWay ??= make()
      .then((answer) => {
        kept = { answer, at: now() };
        return answer;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
}
