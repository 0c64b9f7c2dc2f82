/**
 * An application specification file that cannot be used. The message is the reference agent's own wherever that agent has
 * one; otherwise it names the field, the value and the cure. `line` counts from 1 and is known for faults of YAML only.
 */
export class AppSpecError extends Error {
  readonly line: number | null;

  constructor(message: string, line: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = "AppSpecError";
    this.line = line;
  }
}
