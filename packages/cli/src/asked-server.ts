/** What follows the messages of errors of servers: where it was found, where nobody named it, and how it is started, where it is not running. */
const SAID = new WeakMap<Error, readonly string[]>();

/** What to say of an error besides its message. */
export interface ServerNote {
  /** Where a verb found the server by itself. */
  readonly foundIn?: string | undefined;
  /** The command that starts it. */
  readonly start?: string | undefined;
}

export function noteServer(error: unknown, { foundIn, start }: ServerNote): void {
  if (!(error instanceof Error)) return;
  SAID.set(error, [
    ...(foundIn === undefined ? [] : [`The server is the one of ${foundIn}; to use another, give --data.`]),
    ...(start === undefined ? [] : [`Start it: ${start}`]),
  ]);
}

/** Lines to follow the error's message; empty where there is nothing to say. */
export function askedServer(error: Error): string {
  return (SAID.get(error) ?? []).map((line) => `\n${line}`).join("");
}
