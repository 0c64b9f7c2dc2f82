import type { ReferenceCrash } from "./reference-crash.ts";
import type { TextPlace } from "./yaml-places.ts";

/**
 * An application specification file that cannot be used. The message is the reference agent's own wherever that agent has
 * one; otherwise it names the field, the value and the cure. `place` is null where nothing of the file is at fault, but what it lacks.
 */
export class AppSpecError extends Error {
  readonly place: TextPlace | null;
  /** Where the reference fails without a message of its own: how. */
  readonly crash: ReferenceCrash | null;

  constructor(
    message: string,
    place: TextPlace | null = null,
    options: ErrorOptions & { readonly crash?: ReferenceCrash | null } = {},
  ) {
    super(message, options);
    this.name = "AppSpecError";
    this.place = place;
    this.crash = options.crash ?? null;
  }

  get line(): number | null {
    return this.place?.line ?? null;
  }
}

/** Does `read`, and says of a fault in it where it is, unless it knows better. */
export function atPlace<Value>(place: TextPlace | undefined, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppSpecError) || error.place !== null || place === undefined) throw error;
    throw new AppSpecError(error.message, place, { cause: error, crash: error.crash });
  }
}
