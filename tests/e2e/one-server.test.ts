import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openStore } from "@sluice/server/store/open-store.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";

/** Several servers on one PostgreSQL database are not supported, and so are not let in. */
describe("a second server on a PostgreSQL database", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster;
  let url: string;
  let servers: SluiceServer[];
  let data: string;

  beforeAll(async () => {
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    url = await cluster.newDatabase();
    servers = [];
    data = mkdtempSync(join(tmpdir(), "sluice-second-"));
  });
  afterEach(async () => {
    for (const server of servers ?? []) await server.close();
    if (data) rmSync(data, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const start = async (...args: readonly string[]) => {
    const server = await startSluiceServer({ databaseUrl: url, args });
    servers.push(server);
    return server;
  };
  const writes = (server: SluiceServer, name: string) => server.run("hosts", "add", name);

  it("is refused with the name of the first, unless it is let in by an option", async () => {
    const first = await start();
    const args = ["server", "--data", data, "--listen", "127.0.0.1:0", "--database"];
    const besideAllowing = await cluster.newDatabase();
    const allowing = await startSluiceServer({ databaseUrl: besideAllowing, args: ["--allow-several-servers"] });
    servers.push(allowing);
    const refused = await Promise.all([
      runProgram(SLUICE, [...args, url], cleanEnvironment()),
      runProgram(SLUICE, [...args, besideAllowing], cleanEnvironment()),
    ]);
    for (const [index, { exitCode, stderr }] of refused.entries()) {
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain(
        `the database is in use by another sluice server: process ${[first, allowing][index]?.pid()} on ${hostname().slice(0, 30)} `,
      );
      expect(stderr).toMatch(/since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
      expect(stderr).toContain("--allow-several-servers");
    }
    expect((await writes(first, "web-1")).exitCode).toBe(0);

    const allowed = await start("--allow-several-servers");
    expect(allowed.log()).toMatch(
      new RegExp(`"holders":"process ${first.pid()} on [^"]*","msg":"another sluice server is on the database`),
    );
    expect(allowing.log()).not.toContain("another sluice server");
    expect((await writes(allowed, "web-2")).exitCode).toBe(0);
    expect((await writes(first, "web-3")).exitCode).toBe(0);
  });

  it("comes after one that was killed at once, and after one that ended", async () => {
    const first = await start();
    await first.kill();
    const second = await start();
    expect((await writes(second, "web-1")).exitCode).toBe(0);
    await second.close();
    servers = servers.filter((server) => server !== second);
    expect((await writes(await start(), "web-2")).exitCode).toBe(0);
  });

  it("makes the first end, which writes nothing more, when it took over while the first stood still", async () => {
    const first = await start();
    // The first one's other connections live on: by those it could still write.
    first.pause();
    expect(await cluster.terminateBackends(100, "sluice lock %")).toBe(1);
    const second = await openStore({
      dataDirectory: data,
      databaseUrl: url,
      lock: { allowsOthers: false, onWaiting: () => {}, onTakenOver: () => {} },
    });
    try {
      // It is there before the first one goes on, and is read with the news that the lock is lost.
      const late = writes(first, "web-late");
      await pause(500);
      first.resume();
      expect((await late).exitCode).not.toBe(0);
      await until("the first to end", () => first.log().includes("another sluice server has the database"));
      const rows = await second.db.selectFrom("hosts").select("host_name").execute();
      expect(rows).toEqual([]);
    } finally {
      first.resume();
      await second.close();
    }
  });

  it("does not keep a server from its database that lost all connections and found them again", async () => {
    const server = await start();
    for (let round = 0; round < 3; round++) {
      expect(await cluster.terminateBackends(100)).toBeGreaterThan(0);
      expect((await writes(server, `web-${round}`)).exitCode).toBe(0);
    }
    await cluster.shutDown();
    await cluster.start();
    await until("the server to write again", async () => (await writes(server, "web-after")).exitCode === 0);
    expect(server.log()).not.toContain("another sluice server");
  });
});
