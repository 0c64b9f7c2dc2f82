import { InvariantViolation } from "@sluice/model/invariant.ts";
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

type Row<Name extends string, Key extends string, Value> = Readonly<Record<Name, Value> & Record<Key, string>>;

/** How one `…_json` column of one table is read and written. */
export class JsonColumn<Name extends string, Key extends string, T> {
  readonly #place: string;
  readonly #name: Name;
  readonly #keys: readonly Key[];
  readonly #form: Form<T>;

  /**
   * @param place `table.column`
   * @param keys the columns that tell one row from the others
   */
  constructor(place: `${string}.${Name}`, keys: readonly Key[], form: Form<T>) {
    this.#place = place;
    this.#name = place.slice(place.indexOf(".") + 1) as Name;
    this.#keys = keys;
    this.#form = form;
  }

  /** Throws an `UnreadableColumn` that names table, column and row. */
  read(row: Row<Name, Key, Json<T>>): T;
  read(row: Row<Name, Key, Json<T> | null>): T | null;
  read(row: Row<Name, Key, Json<T> | null>): T | null {
    const json: Json<T> | null = row[this.#name];
    if (json === null) return null;
    return parseJson(json, this.#form, () => `${this.#place} of ${this.#keys.map((key) => row[key]).join("/")}`);
  }

  write(value: T): Json<T> {
    return toJson(value);
  }
}

export function toJson<T>(value: T): Json<T> {
  return JSON.stringify(value) as unknown as Json<T>;
}

/** @param where names the place in the database, for the message */
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
