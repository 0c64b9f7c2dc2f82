import type { Compilable, CompiledQuery, Kysely, QueryResult } from "kysely";
import type { Database } from "./schema.ts";

/** Stands for a value while a query is compiled. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Reader = Pick<Kysely<Database>, "getExecutor" | "executeQuery">;

/**
 * A query whose text is always the same, built and compiled once for each database: on the hot path that costs more than running it.
 * `build` is given stand-ins for the values, and must put each of them where a parameter goes, undisturbed.
 */
export function compiledQuery<Values extends object, Row>(
  build: (db: Kysely<Database>, values: Values) => Compilable<Row>,
): (db: Kysely<Database>, values: Values) => Promise<QueryResult<Row>> {
  // Transactions of one database share its adapter.
  const compiledFor = new WeakMap<object, CompiledQuery<Row>>();
  return (db, values) => {
    const { adapter } = (db as Reader).getExecutor();
    let compiled = compiledFor.get(adapter);
    if (!compiled) {
      compiled = build(db, standIns<Values>()).compile();
      compiledFor.set(adapter, compiled);
    }
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...compiled, parameters });
  };
}

function standIns<Values extends object>(): Values {
  return new Proxy({}, { get: (_, name) => new Placeholder(String(name)) }) as Values;
}
