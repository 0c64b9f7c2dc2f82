/**
 * An application specification file that cannot be used. The message is the reference agent's own wherever that agent has
 * one; otherwise it names the field, the value and the cure. `line` counts from 1; null where nothing of the file is at fault, but what it lacks.
 */
export class AppSpecError extends Error {
  readonly line: number | null;

  constructor(message: string, line: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = "AppSpecError";
    this.line = line;
  }
}

/** Does `read`, and says of a fault in it on which line it is, unless it knows better. */
export function onLine<Value>(line: number | null, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppSpecError) || error.line !== null || line === null) throw error;
    throw new AppSpecError(error.message, line, { cause: error });
  }
}
