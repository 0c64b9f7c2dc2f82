import { InvariantViolation } from "../invariant.ts";
import type { Form } from "./form.ts";

declare const JSON_OF: unique symbol;

/** The JSON of a `T`, as a column holds it: text to the database, and to the compiler nothing that could be parsed or written by hand. */
export interface Json<T> {
  readonly [JSON_OF]: T;
}

/**
 * What this version of Sluice cannot read: a bug of ours, or the doing of somebody who changed the database. Like any bug it ends the
 * deployment in whose planning it is met (ADR 8).
 */
export class UnreadableColumn extends InvariantViolation {}

export function toJson<T>(value: T): Json<T> {
  return JSON.stringify(value) as unknown as Json<T>;
}

/**
 * @param where names the place in the database, for the message
 * @throws UnreadableColumn when it is no JSON, or not of the form
 */
export function parseJson<T>(json: Json<T>, form: Form<T>, where: () => string): T {
  let value: unknown;
  try {
    value = JSON.parse(json as unknown as string);
  } catch {
    // The parser's own words quote the text, which may be a secret.
    throw new UnreadableColumn(`${where()} is not JSON`);
  }
  const problem = form.problemOf(value);
  if (problem !== null) throw new UnreadableColumn(`${where()} cannot be read: ${problem}`);
  return form.complete(value as T);
}
