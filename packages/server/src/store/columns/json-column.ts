import type { Form } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson, toJson } from "@sluice/model/stored-json/stored-json.ts";

type Row<Name extends string, Key extends string, Value> = Readonly<Record<Name, Value> & Record<Key, string | number>>;

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
