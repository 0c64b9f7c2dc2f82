/** Each process counts from 0: what it has counted is added to what those before it had. By backend. */
export interface CountedRequests {
  readonly process: string;
  readonly before: Readonly<Record<string, number>>;
  readonly current: Readonly<Record<string, number>>;
}

export const NOTHING_COUNTED: CountedRequests = { process: "", before: {}, current: {} };

export function countRequests(
  counted: CountedRequests,
  process: string,
  requests: ReadonlyMap<string, number>,
): CountedRequests {
  const current = Object.fromEntries(requests);
  if (counted.process === process) return { ...counted, current };
  const names = new Set([...Object.keys(counted.before), ...Object.keys(counted.current)]);
  const before = Object.fromEntries([...names].map((name) => [name, totalOf(counted, name)]));
  return { process, before, current };
}

export function totalOf({ before, current }: CountedRequests, backend: string): number {
  return (before[backend] ?? 0) + (current[backend] ?? 0);
}
