import type { Compilable, CompiledQuery, Kysely, QueryResult } from "kysely";
import { NodeSqliteAdapter } from "./node-sqlite-dialect.ts";
import type { Database } from "./schema.ts";

/** Lists that are longer are so rare, and their queries so large, that building one each time makes no difference. */
const MAX_COMPILED_LIST = 64;

/** Stands for a value while a query is compiled: what takes it from the values of a call. */
class Placeholder<Values> {
  readonly take: (values: Values) => unknown;

  constructor(take: (values: Values) => unknown) {
    this.take = take;
  }
}

type Reader = Pick<Kysely<Database>, "getExecutor" | "executeQuery" | "isTransaction">;

/**
 * A query whose text is always the same, built and compiled once for each database: on the hot path that costs more than running it.
 * `build` is given stand-ins for the values, and must put each of them where a parameter goes, undisturbed.
 */
export function compiledQuery<Values extends object, Row>(
  build: (db: Kysely<Database>, values: Values) => Compilable<Row>,
): (db: Kysely<Database>, values: Values) => Promise<QueryResult<Row>> {
  // Transactions of one database share its adapter.
  const compiledFor = new WeakMap<object, CompiledQuery<Row>>();
  return async (db, values) => {
    const { adapter } = (db as Reader).getExecutor();
    let compiled = compiledFor.get(adapter);
    if (!compiled) {
      compiled = build(db, standIns<Values>()).compile();
      compiledFor.set(adapter, compiled);
    }
    return execute(db, compiled, values);
  };
}

/** The same with a list, whose length decides the text: for `IN (…)`. The list is not empty. */
export function compiledListQuery<Row>(
  build: (db: Kysely<Database>, list: readonly string[]) => Compilable<Row>,
): (db: Kysely<Database>, list: readonly string[]) => Promise<QueryResult<Row>> {
  const compiledFor = new WeakMap<object, CompiledQuery<Row>[]>();
  return async (db, list) => {
    if (list.length > MAX_COMPILED_LIST) return db.executeQuery(build(db, list).compile());
    const { adapter } = (db as Reader).getExecutor();
    const byLength = compiledFor.get(adapter) ?? [];
    compiledFor.set(adapter, byLength);
    let compiled = byLength[list.length];
    if (!compiled) {
      compiled = build(db, standInList(list.length)).compile();
      byLength[list.length] = compiled;
    }
    return execute(db, compiled, list);
  };
}

function execute<Row>(
  db: Kysely<Database>,
  compiled: CompiledQuery<Row>,
  values: object,
): QueryResult<Row> | Promise<QueryResult<Row>> {
  const parameters = compiled.parameters.map((parameter) =>
    parameter instanceof Placeholder ? parameter.take(values) : parameter,
  );
  const { adapter } = (db as Reader).getExecutor();
  const answer =
    adapter instanceof NodeSqliteAdapter
      ? adapter.executeNow<Row>(compiled.sql, parameters, db.isTransaction)
      : undefined;
  return answer ?? db.executeQuery({ ...compiled, parameters });
}

function standIns<Values extends object>(): Values {
  const take = (name: string) => new Placeholder<Values>((values) => values[name as keyof Values]);
  return new Proxy({}, { get: (_, name) => take(String(name)) }) as Values;
}

function standInList(length: number): readonly string[] {
  const items = Array.from({ length }, (_, index) => new Placeholder<readonly string[]>((list) => list[index]));
  return items as unknown as readonly string[];
}
