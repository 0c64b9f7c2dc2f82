import { setImmediate as nextTurn } from "node:timers/promises";
import type { Compilable, Kysely, QueryResult } from "kysely";
import { compiledQuery } from "./compiled-query.ts";
import { NodeSqliteAdapter } from "./node-sqlite-dialect.ts";
import type { Database } from "./schema.ts";

/** Keys that one statement asks for at most. */
const MAX_KEYS = 500;

type Reader = Kysely<Database>;

interface Asked<Row> {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A read by one key that many callers make at once, each for its own: a thousand hosts that poll. On PostgreSQL, where a question costs far more than
 * its answer, those that come while one is under way are asked together in the next. Within a transaction, and on SQLite, each is asked by itself.
 *
 * @param one the read by its key
 * @param many the same for a list of keys, which is put where a parameter goes; in the order of `one` for each key
 * @param keyOf the key that a row answers
 */
export function gatheredQuery<Row extends object>(
  one: (db: Reader, values: { readonly key: string }) => Compilable<Row>,
  many: (db: Reader, values: { readonly keys: readonly string[] }) => Compilable<Row>,
  keyOf: (row: Row) => string,
): (db: Reader, key: string) => Promise<readonly Row[]> {
  const readOne = compiledQuery(one);
  const readMany = compiledQuery(many);
  const gatherings = new WeakMap<object, Gathering<Row>>();
  return async (db, key) => {
    const { adapter } = db.getExecutor();
    if (db.isTransaction || adapter instanceof NodeSqliteAdapter) return (await readOne(db, { key })).rows;
    let gathering = gatherings.get(adapter);
    if (!gathering) {
      gathering = new Gathering((keys) => readMany(db, { keys }), keyOf);
      gatherings.set(adapter, gathering);
    }
    return gathering.ask(key);
  };
}

class Gathering<Row extends object> {
  readonly #read: (keys: readonly string[]) => Promise<QueryResult<Row>>;
  readonly #keyOf: (row: Row) => string;
  #asked = new Map<string, Asked<Row>[]>();
  #isReading = false;

  constructor(read: (keys: readonly string[]) => Promise<QueryResult<Row>>, keyOf: (row: Row) => string) {
    this.#read = read;
    this.#keyOf = keyOf;
  }

  ask(key: string): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const others = this.#asked.get(key);
      if (others) others.push({ resolve, reject });
      else this.#asked.set(key, [{ resolve, reject }]);
      if (this.#isReading) return;
      this.#isReading = true;
      void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    while (this.#asked.size > 0) {
      // Whoever has arrived already is asked for, too.
      await nextTurn();
      const asked = new Map([...this.#asked].slice(0, MAX_KEYS));
      for (const key of asked.keys()) this.#asked.delete(key);
      try {
        const { rows } = await this.#read([...asked.keys()]);
        const byKey = Map.groupBy(rows, this.#keyOf);
        for (const [key, callers] of asked) for (const { resolve } of callers) resolve(byKey.get(key) ?? []);
      } catch (error) {
        for (const callers of asked.values()) for (const { reject } of callers) reject(error);
      }
    }
    this.#isReading = false;
  }
}
