import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { GroupCommit } from "@sluice/server/store/group-commit.ts";
import { migrate } from "@sluice/server/store/migrate.ts";
import { nodeSqliteDialect } from "@sluice/server/store/node-sqlite-dialect.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import type { Database } from "@sluice/server/store/schema.ts";
import { Kysely } from "kysely";

/** What a transaction touched, rolled back or not: who is told looks at what is there. */
export interface StoreChanges {
  /** Target ids by deployment id. A deployment of which only the row or the events changed has an empty set. */
  readonly deployments: ReadonlyMap<string, ReadonlySet<string>>;
  readonly groups: boolean;
}

export type Row = Record<string, unknown>;

/** A statement that reads. */
export interface Reading {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

/** The production store's parts over a database in memory, which is the disk replaced: all its SQL runs, and nothing is ever flushed. */
export interface SimulatedStore extends Store {
  /** A statement of the watcher's own, past the query builder: it looks on far more often than a server does. */
  prepare(text: string): Reading;
  /** Whether this deployment, or a target of it, may have changed since the changes were last taken. */
  mayHaveChanged(deploymentId: string): boolean;
  /** Another number whenever a host may have changed. */
  readonly hostChanges: number;
  /** What changed since the last time; null when nothing did. */
  takeChanges(): StoreChanges | null;
}

export async function openSimulatedStore(): Promise<SimulatedStore> {
  const database = new DatabaseSync(":memory:");
  const db = new Kysely<Database>({ dialect: nodeSqliteDialect(database) });
  await migrate(db, "sqlite");
  const commits = new GroupCommit(db, "sqlite", false);
  const changes = new ChangeLog(database);
  return {
    dialect: "sqlite",
    db,
    write: (work) => commits.write(work),
    close: () => db.destroy(),
    prepare: (text) => new QuickReading(database.prepare(text)),
    mayHaveChanged: (deploymentId) => changes.has(deploymentId),
    get hostChanges() {
      return changes.hosts;
    },
    takeChanges: () => changes.take(),
  };
}

/** Has what makes a row of its values made once for all rows. */
class QuickReading implements Reading {
  readonly #statement: StatementSync;
  readonly #rowOf: (values: readonly unknown[]) => Row;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.#rowOf = rowMaker(statement.columns().map(({ name }) => name));
    statement.setReturnArrays(true);
  }

  get(...values: SQLInputValue[]): Row | undefined {
    const found = this.#statement.get(...values) as unknown as unknown[] | undefined;
    return found && this.#rowOf(found);
  }

  all(...values: SQLInputValue[]): Row[] {
    const found = this.#statement.all(...values) as unknown as unknown[][];
    return found.length === 0 ? [] : found.map(this.#rowOf);
  }
}

/** An object literal that names the columns: made one property after the other, a row of many columns takes longer than its query. */
function rowMaker(columns: readonly string[]): (values: readonly unknown[]) => Row {
  const members = columns.map((name, place) => `${JSON.stringify(name)}: values[${place}]`);
  return new Function("values", `return { ${members.join(", ")} }`) as (values: readonly unknown[]) => Row;
}

class ChangeLog {
  #deployments = new Map<string, Set<string>>();
  hosts = 0;
  #groups = false;

  constructor(database: DatabaseSync) {
    database.function("deployment_changed", (deploymentId) => {
      this.#targetsOf(String(deploymentId));
      return null;
    });
    database.function("target_changed", (deploymentId, targetId) => {
      this.#targetsOf(String(deploymentId)).add(String(targetId));
      return null;
    });
    database.function("host_changed", () => {
      this.hosts++;
      return null;
    });
    database.function("group_changed", () => {
      this.#groups = true;
      return null;
    });
    for (const [table, note] of [
      ["deployments", "deployment_changed(NEW.deployment_id)"],
      ["targets", "target_changed(NEW.deployment_id, NEW.target_id)"],
      ["hosts", "host_changed()"],
      ["deployment_groups", "group_changed()"],
    ]) {
      for (const change of ["INSERT", "UPDATE"]) {
        database.exec(
          `CREATE TEMP TRIGGER watch_${table}_${change} AFTER ${change} ON ${table} BEGIN SELECT ${note}; END`,
        );
      }
    }
  }

  has(deploymentId: string): boolean {
    return this.#deployments.has(deploymentId);
  }

  take(): StoreChanges | null {
    if (this.#deployments.size === 0 && !this.#groups) return null;
    const changes = { deployments: this.#deployments, groups: this.#groups };
    this.#deployments = new Map();
    this.#groups = false;
    return changes;
  }

  #targetsOf(deploymentId: string): Set<string> {
    const known = this.#deployments.get(deploymentId);
    if (known) return known;
    const targets = new Set<string>();
    this.#deployments.set(deploymentId, targets);
    return targets;
  }
}
