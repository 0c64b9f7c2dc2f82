import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@sluice/server/store/open-store.ts";
import { NoSessionsError } from "@sluice/server/store/postgres/session-check.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPgBouncer, whyNoPgBouncer } from "./pgbouncer.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

describe("a pooler before PostgreSQL", () => {
  const whyNot = whyNoPostgres() ?? whyNoPgBouncer();
  let cluster: PostgresCluster;
  let dataDirectory: string;

  beforeAll(async () => {
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-pooled-"));
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(async () => {
    await cluster?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const open = (databaseUrl: string, waitMilliseconds?: number) =>
    openStore({
      dataDirectory,
      databaseUrl,
      lock: {
        allowsOthers: false,
        onWaiting: () => {},
        onTakenOver: () => {},
        ...(waitMilliseconds === undefined ? {} : { waitMilliseconds }),
      },
    });

  it("in session mode is as good as PostgreSQL itself: one server at a time", async () => {
    const pooler = await startPgBouncer(await cluster.newDatabase(), "session");
    try {
      const store = await open(pooler.url);
      await store.write(({ db }) => db.insertInto("settings").values({ name: "written", value: "" }).execute());
      await expect(open(pooler.url, 0)).rejects.toThrow("in use by another sluice server");
      await store.close();
      // The pooler gives the session of the first one free when it has noticed its end.
      await (await open(pooler.url)).close();
    } finally {
      await pooler.stop();
    }
  });

  it("in transaction mode is refused, with what to do", async () => {
    const pooler = await startPgBouncer(await cluster.newDatabase(), "transaction");
    try {
      const refused = open(pooler.url);
      await expect(refused).rejects.toThrow(NoSessionsError);
      await expect(refused).rejects.toThrow("pool_mode = session");
    } finally {
      await pooler.stop();
    }
  });
});
