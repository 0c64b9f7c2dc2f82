import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SERVICE_LIMITS } from "@sluice/model/service-limits.ts";
import {
  ROLE_ARN,
  type TestCodeDeploy,
  testCodeDeploy,
} from "@sluice/server/operations/codedeploy/codedeploy.fixture.ts";
import { putGitHubToken } from "@sluice/server/operations/sluice/keys/put-git-hub-token.ts";
import { MIGRATIONS } from "@sluice/server/store/migrations.ts";
import { type OpenStore, openStore, type StoreLocation } from "@sluice/server/store/open-store.ts";
import { LockConnection } from "@sluice/server/store/postgres/lock-connection.ts";
import { DatabaseInUseError, TakenOverError } from "@sluice/server/store/postgres/server-lock.ts";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openGate } from "../hearing/database-gate.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

/** Long enough for nothing: nobody who keeps another out goes away in these tests. */
const WAIT_MILLISECONDS = 300;

/** A limit, and a call that makes the last that is allowed, with something of the name. */
const LAST_ALLOWED = [
  ["applications", 2, ({ call }, name) => call("CreateApplication", { applicationName: name })],
  [
    "groupsPerApplication",
    1,
    ({ call }, name) =>
      call("CreateDeploymentGroup", { applicationName: "shop", deploymentGroupName: name, serviceRoleArn: ROLE_ARN }),
  ],
  [
    "deploymentConfigs",
    1,
    ({ call }, name) =>
      call("CreateDeploymentConfig", {
        deploymentConfigName: name,
        minimumHealthyHosts: { type: "HOST_COUNT", value: 1 },
      }),
  ],
  [
    "tagsPerResource",
    1,
    ({ call }, name) =>
      call("TagResource", {
        ResourceArn: "arn:aws:codedeploy:us-east-1:111122223333:application:shop",
        Tags: [{ Key: name, Value: "" }],
      }),
  ],
  ["gitHubTokens", 1, ({ context }, name) => putGitHubToken({ tokenName: name, secret: "ghp_0123456789" }, context)],
] as const satisfies readonly (readonly [string, number, (server: TestCodeDeploy, name: string) => Promise<unknown>])[];

describe("servers on a PostgreSQL database", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster;
  let url: string;
  let dataDirectory: string;
  let opened: OpenStore[];
  let takenOver: string[];

  beforeAll(async () => {
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    url = await cluster.newDatabase();
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-lock-"));
    opened = [];
    takenOver = [];
  });
  afterEach(async () => {
    if (whyNot) return;
    for (const store of opened) await store.close();
    await untilNoneIsLeft();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  async function open(
    kind: "alone" | "allowing",
    { name = "this", ...location }: Partial<StoreLocation> & { readonly name?: string } = {},
  ): Promise<OpenStore> {
    const store = await openStore({
      dataDirectory,
      databaseUrl: url,
      lock: {
        allowsOthers: kind === "allowing",
        waitMilliseconds: WAIT_MILLISECONDS,
        onWaiting: () => {},
        onTakenOver: () => void takenOver.push(name),
      },
      ...location,
    });
    opened.push(store);
    return store;
  }

  async function ask<Row extends object>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  const connections = () =>
    ask(
      "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice %'",
    );
  const untilNoneIsLeft = () => until("no connection to be left", async () => (await connections()).length === 0);
  const write = (store: OpenStore, name: string) =>
    store.write(({ db }) => db.insertInto("settings").values({ name, value: "" }).execute());

  it("refuse one that wants to be alone beside one that allows others, and let it come after that", async () => {
    const first = await open("allowing");
    const refused = open("alone");
    await expect(refused).rejects.toThrow(DatabaseInUseError);
    await expect(refused).rejects.toThrow(`process ${process.pid} on ${hostname().slice(0, 30)} (from 127.0.0.1`);
    await write(first, "goes-on");
    await first.close();
    await write(await open("alone"), "comes-after");
  });

  it("let those in that allow others, each of which has its place again when it lost it", async () => {
    const all = [await open("alone"), await open("allowing"), await open("allowing")];
    await Promise.all(all.map((store, index) => write(store, `of-${index}`)));
    expect(await cluster.terminateBackends(100, "sluice lock %")).toBe(3);
    await until(
      "all to have the lock again",
      async () => (await ask("SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'")).length === 3,
    );
    await expect(open("alone")).rejects.toThrow(DatabaseInUseError);
    await Promise.all(all.map((store, index) => write(store, `then-${index}`)));
    expect(takenOver).toEqual([]);
  });

  it("write nothing more when they were taken for dead and one that wants to be alone has come", async () => {
    const gate = await openGate(url);
    try {
      const dead = [
        await open("alone", { name: "alone", databaseUrl: gate.url }),
        await open("allowing", { name: "allowing", databaseUrl: gate.url }),
      ];
      await Promise.all(dead.map((store, index) => write(store, `early-${index}`)));
      // Their connections for work live on and are not told a thing; those that have the lock are gone.
      gate.hang();
      expect(await cluster.terminateBackends(100, "sluice lock %")).toBe(2);
      const living = await open("alone", { name: "living" });
      gate.open();
      for (const store of dead) await expect(write(store, "late")).rejects.toThrow(TakenOverError);
      await write(living, "living");
      const rows = await living.db.selectFrom("settings").select("name").where("value", "=", "").execute();
      expect(rows.map(({ name }) => name).sort()).toEqual(["early-0", "early-1", "living"]);
      expect(new Set(takenOver)).toEqual(new Set(["alone", "allowing"]));
      for (const store of opened.splice(0, dead.length)) await store.close();
    } finally {
      gate.close();
    }
  });

  it("refuse to migrate what another one is at work on", async () => {
    const first = await open("allowing", { migrations: MIGRATIONS.slice(0, 1) });
    await expect(open("allowing")).rejects.toThrow(/has to be migrated .*process \d+ on/);
    await first.close();
    await write(await open("allowing"), "migrated");
  });

  it("do not both make the last that a limit allows", async () => {
    const stores = [await open("allowing"), await open("allowing")] as const;
    const limits = {
      ...DEFAULT_SERVICE_LIMITS,
      ...Object.fromEntries(LAST_ALLOWED.map(([name, most]) => [name, most])),
    };
    let gate = Promise.withResolvers<void>();
    let done = Promise.withResolvers<void>();
    // Commits only once the gate is open.
    const slow: OpenStore = Object.create(stores[0], {
      write: {
        value: <T>(work: Parameters<(typeof stores)[0]["write"]>[0]) =>
          stores[0].write(async (transaction) => {
            const result = (await work(transaction)) as T;
            done.resolve();
            await gate.promise;
            return result;
          }),
      },
    });
    const servers = [
      await testCodeDeploy({ store: slow, limits }),
      await testCodeDeploy({ store: stores[1], limits }),
    ] as const;
    try {
      await servers[1].call("CreateApplication", { applicationName: "shop" });
      for (const [limit, , make] of LAST_ALLOWED) {
        gate = Promise.withResolvers();
        done = Promise.withResolvers();
        const first = make(servers[0], "first");
        await Promise.race([done.promise, first]);
        let isAnswered = false;
        const second = make(servers[1], "second").then(
          () => new Error(`${limit} was exceeded`),
          (error: Error) => error,
        );
        void second.then(() => (isAnswered = true));
        await until(
          "the second to wait for the first",
          async () =>
            isAnswered || (await ask("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length === 1,
        );
        gate.resolve();
        await first;
        expect((await second).message).toContain(`raise limits.${limit} in sluice.yml`);
      }
    } finally {
      gate.resolve();
      for (const server of servers) await server.close();
    }
  });

  it("are refused by one that starts, with its name", async () => {
    const starting = new pg.Client({ connectionString: url, application_name: "sluice lock 0 elsewhere:4711" });
    await starting.connect();
    try {
      await starting.query("SELECT pg_advisory_lock(7203104::bigint)");
      await expect(open("allowing")).rejects.toThrow("process 4711 on elsewhere");
    } finally {
      await starting.end();
    }
  });

  it("leave no connection behind when they cannot ask for their place", async () => {
    const role = `stranger_${process.pid}`;
    await ask(`CREATE ROLE ${role} LOGIN`);
    await ask("REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) FROM PUBLIC");
    const asStranger = new URL(url);
    asStranger.username = role;
    await expect(open("alone", { databaseUrl: asStranger.href })).rejects.toThrow("permission denied");
    await untilNoneIsLeft();
  });

  it("leave no connection behind that nobody answered, when the database goes on", async () => {
    const gate = await openGate(url);
    const connection = new LockConnection(gate.url, "lock hung", 500);
    try {
      await connection.open();
      gate.hang();
      await expect(connection.query("SELECT 1")).rejects.toThrow("Query read timeout");
      gate.open();
      await untilNoneIsLeft();
      expect(connection.isOpen).toBe(false);
    } finally {
      await connection.close();
      gate.close();
    }
  });
});
