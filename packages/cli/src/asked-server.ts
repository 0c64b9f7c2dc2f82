/** Errors of a server that nobody named with --data, with where it was found. */
const FOUND_IN = new WeakMap<Error, string>();

/** Notes which server an error is from, where a verb found that by itself. */
export function noteServer(error: unknown, place: string): void {
  if (error instanceof Error) FOUND_IN.set(error, place);
}

/** A line that says where the server was found, to follow the error's message; empty where the user named the server. */
export function askedServer(error: Error): string {
  const place = FOUND_IN.get(error);
  return place === undefined ? "" : `\nThe server is the one of ${place}; to use another, give --data.`;
}
