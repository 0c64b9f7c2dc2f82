import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { expect, it } from "vitest";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import type { Database } from "./schema.ts";

it("has limits in the text, so that SQLite does not plan the statement anew at every call", async () => {
  const db = new Kysely<Database>({ dialect: nodeSqliteDialect(new DatabaseSync(":memory:")) });
  const { sql, parameters } = db.selectFrom("effects").select("effect_key").where("run_at", "<=", 7).limit(3).compile();
  expect(sql).toMatch(/ limit 3$/);
  expect(parameters).toEqual([7]);
  await db.destroy();
});
