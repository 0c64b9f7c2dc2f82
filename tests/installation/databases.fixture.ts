import { startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";

/** What a server can keep its store in; every test that crosses a server's life runs on each. */
export const DATABASES = ["sqlite", "postgres"] as const;
export type DatabaseChoice = (typeof DATABASES)[number];

/** Why a database cannot be had on this machine, or null when it can. */
export function whyNoDatabase(choice: DatabaseChoice): string | null {
  return choice === "postgres" ? whyNoPostgres() : null;
}

export interface OpenDatabase {
  /** For `--database`; undefined for SQLite, which needs none. */
  readonly url: string | undefined;
  readonly close: () => Promise<void>;
}

/** An empty database of the test's own. */
export async function openDatabase(choice: DatabaseChoice): Promise<OpenDatabase> {
  if (choice === "sqlite") return { url: undefined, close: async () => {} };
  const cluster = await startPostgres();
  return { url: await cluster.newDatabase(), close: () => cluster.stop() };
}
