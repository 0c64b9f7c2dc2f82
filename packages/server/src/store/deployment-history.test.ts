import { CompiledQuery } from "kysely";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findActiveDeploymentId } from "./deployment-history.ts";
import type { NodeSqliteAdapter } from "./node-sqlite-dialect.ts";
import { openStore, type Store } from "./open-store.ts";

let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
});
afterEach(() => store.close());

it("finds a group's active deployment by the index of active ones, however many others the group had", async () => {
  const { adapter } = store.db.getExecutor() as unknown as { readonly adapter: NodeSqliteAdapter };
  const asked = vi.spyOn(adapter, "executeNow");
  expect(await findActiveDeploymentId(store.db, "group-1")).toBeUndefined();
  const [sql, parameters] = asked.mock.calls[0]!;
  const { rows } = await store.db.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters]),
  );
  expect(rows.map(({ detail }) => detail)).toEqual([expect.stringMatching(/USING INDEX deployments_one_active/)]);
});
