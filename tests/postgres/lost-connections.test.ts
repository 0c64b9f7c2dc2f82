import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openStore } from "@sluice/server/store/open-store.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { cuttingProxy } from "./cutting-proxy.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

const WRITERS = 20;
const READERS = 10;

/** A store that many write to and read from while its connections are lost. Every name is written once. */
describe("a PostgreSQL store whose connections are lost", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster;
  let dataDirectory: string;
  let store: Awaited<ReturnType<typeof openStore>>;
  let told: string[];

  beforeAll(async () => {
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-lost-"));
    store = await openStore({ dataDirectory, databaseUrl: await cluster.newDatabase() });
    told = [];
    store.health.onAway = () => told.push("away");
    store.health.onBack = () => told.push("back");
  });
  afterEach(async () => {
    if (whyNot) return;
    await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  /** Writes and reads until `trouble` has ended and everybody has got on since; what was acknowledged, and who was told of the trouble. */
  async function meanwhile(trouble: () => Promise<void>) {
    const acknowledged: string[] = [];
    const refused: string[] = [];
    let troubled = true;
    const write = async (writer: number) => {
      for (let number = 0, since = 0; since < 2; number++) {
        const name = `w-${writer}-${number}`;
        try {
          // Not idempotent: done twice, it fails.
          await store.write(({ db }) => db.insertInto("settings").values({ name, value: "" }).execute());
          acknowledged.push(name);
          if (!troubled) since += 1;
        } catch (error) {
          refused.push(`${name}: ${error}`);
          await pause(50);
        }
      }
    };
    const read = async () => {
      for (let since = 0; since < 2; ) {
        try {
          await store.db.selectFrom("settings").select("name").limit(5).execute();
          if (!troubled) since += 1;
        } catch (error) {
          refused.push(`read: ${error}`);
          await pause(50);
        }
      }
    };
    const all = [
      ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
      ...Array.from({ length: READERS }, read),
    ];
    await trouble();
    troubled = false;
    await Promise.all(all);
    const rows = await store.db.selectFrom("settings").select("name").where("name", "like", "w-%").execute();
    return { acknowledged, refused, stored: rows.map(({ name }) => name) };
  }

  it("loses nothing, does nothing twice and refuses nobody when backends are terminated", async () => {
    let ended = 0;
    const { acknowledged, refused, stored } = await meanwhile(async () => {
      for (let round = 0; round < 15; round++) {
        await pause(40);
        ended += await cluster.terminateBackends(3);
      }
    });
    expect(ended).toBeGreaterThan(15);
    expect(refused).toEqual([]);
    expect(stored.sort()).toEqual(acknowledged.sort());
    await until("it is back", () => told.at(-1) === "back");
  });

  it("loses nothing and does nothing twice when PostgreSQL is restarted", async () => {
    const { acknowledged, refused, stored } = await meanwhile(async () => {
      await pause(100);
      await cluster.shutDown();
      await cluster.start();
    });
    // Reads are answered at once that it is away; writers wait for a while, which a restart on a busy machine may outlast.
    expect(refused.filter((words) => !words.includes("the database does not answer"))).toEqual([]);
    expect(stored.sort()).toEqual(acknowledged.sort());
    await until("it is back", () => told.length >= 2);
    expect(told).toEqual(["away", "back"]);
  });

  it("tells writers after a while that it is away, who then have done nothing; those who said so wait on", async () => {
    await cluster.shutDown();
    const giveUp = new AbortController();
    const insert = (name: string, until?: AbortSignal) =>
      store.write(({ db }) => db.insertInto("settings").values({ name, value: "" }).execute(), { until });
    const patient = insert("patient", giveUp.signal);
    const given = insert("given-up", AbortSignal.timeout(300));
    await expect(given).rejects.toThrow("the database does not answer");
    await expect(insert("impatient")).rejects.toThrow("the database does not answer");
    await expect(store.db.selectFrom("settings").selectAll().execute()).rejects.toThrow("the database does not answer");
    await cluster.start();
    await patient;
    const rows = await store.db.selectFrom("settings").select("name").execute();
    expect(rows.map(({ name }) => name)).toEqual(["patient"]);
    await until("it is back", () => told.length >= 2);
    expect(told).toEqual(["away", "back"]);
  });

  it.each(["before", "after"] as const)(
    "does once what was lost with its connection %s its COMMIT was done, and answers as if nothing had happened",
    async (when) => {
      const proxy = await cuttingProxy(await cluster.newDatabase());
      const behind = await openStore({ dataDirectory, databaseUrl: proxy.url });
      try {
        let runs = 0;
        const count = () =>
          behind.write(async ({ db }) => {
            runs += 1;
            await db
              .insertInto("settings")
              .values({ name: `run-${runs}`, value: "" })
              .execute();
            return runs;
          });
        const cut = proxy.cutNextCommit(when);
        const [answer] = await Promise.all([count(), cut]);
        const rows = await behind.db.selectFrom("settings").select("name").execute();
        // What was not done is done again, what was done is not.
        const run = when === "before" ? 2 : 1;
        expect({ answer, rows }).toEqual({ answer: run, rows: [{ name: `run-${run}` }] });
      } finally {
        await behind.close();
        proxy.close();
      }
    },
  );

  it("notices that the database hangs, and closes while it still does", async () => {
    const hasty = await openStore({
      dataDirectory,
      databaseUrl: await cluster.newDatabase(),
      statementMilliseconds: 1_500,
    });
    const settings = hasty.db.selectFrom("settings").selectAll();
    cluster.suspend();
    try {
      await expect(hasty.write(() => settings.execute(), { until: AbortSignal.timeout(100) })).rejects.toThrow(
        "the database does not answer",
      );
      const ended: string[] = [];
      const read = settings.execute().then(
        () => ended.push("answered"),
        () => ended.push("given up"),
      );
      await hasty.close();
      ended.push("closed");
      await read;
      expect(ended).toEqual(["closed", "given up"]);
    } finally {
      cluster.resume();
    }
  });
});
