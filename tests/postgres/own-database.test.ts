import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restoreBackup } from "@sluice/server/backup/restore-backup.ts";
import { type ServerOptions, startServer } from "@sluice/server/start-server.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cleanEnvironment, runProgram, SLUICE } from "../installation/sluice-server.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";

describe("a data directory and its database", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster;
  let url: string;
  let folder: string;
  let data: string;

  beforeAll(async () => {
    if (!whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    url = await cluster.newDatabase();
    folder = mkdtempSync(join(tmpdir(), "sluice-own-database-"));
    data = join(folder, "data");
  });
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const start = (databaseUrl?: string, options: Partial<ServerOptions> = {}) =>
    startServer({
      dataDirectory: data,
      listen: [{ host: "127.0.0.1", port: 0 }],
      databaseUrl,
      logLevel: "silent",
      ...options,
    });
  /** A start and an end. */
  const run = async (databaseUrl?: string, options?: Partial<ServerOptions>) => {
    await (await start(databaseUrl, options)).close();
  };
  const nameOf = (databaseUrl: string) => databaseUrl.replace(/^.*@/, "");
  const files = () => readdirSync(data).map((name) => [name, statSync(join(data, name)).mtimeMs]);
  const credentials = () => readFileSync(join(data, "aws/credentials"), "utf8");
  const ask = async (databaseUrl: string, statement: string) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const tablesOf = (databaseUrl: string) =>
    ask(databaseUrl, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");

  it("belong together: a start with another database is refused, and writes nothing", async () => {
    await run(url);
    const [before, key] = [files(), credentials()];
    const cure = `Start it with that one: sluice server --data ${data} --database postgres://USER:PASSWORD@${nameOf(url)}`;
    await expect(run()).rejects.toThrow(`${data} belongs to the PostgreSQL database ${nameOf(url)}. ${cure}`);
    const empty = await cluster.newDatabase();
    await expect(run(empty)).rejects.toThrow(`${nameOf(url)}, and ${nameOf(empty)} is another one. ${cure}`);
    expect(await tablesOf(empty)).toEqual([]);
    const others = await cluster.newDatabase();
    await run(others, { dataDirectory: join(folder, "others") });
    await expect(run(others)).rejects.toThrow(cure);
    expect([files(), credentials()]).toEqual([before, key]);
    await run(url);
  });

  it("of SQLite is not started with PostgreSQL, nor without its file", async () => {
    await run();
    await expect(run(url)).rejects.toThrow(
      `${data} belongs to the SQLite database in it. Start it with that one: sluice server --data ${data}.`,
    );
    expect(await tablesOf(url)).toEqual([]);
    await run();
    for (const name of readdirSync(data)) if (name.startsWith("sluice.db")) rmSync(join(data, name));
    await expect(run()).rejects.toThrow("sluice.db, which is gone. Restore that database");
    expect(existsSync(join(data, "sluice.db"))).toBe(false);
  });

  it("of before they knew each other adopt each other, unless a used directory meets an empty database", async () => {
    await run(url);
    const forget = async () => {
      rmSync(join(data, "database.json"));
      await ask(url, "DELETE FROM settings WHERE name = 'database.id'");
    };
    await forget();
    await expect(run()).rejects.toThrow(`${data} belongs to a PostgreSQL database`);
    await expect(run(await cluster.newDatabase())).rejects.toThrow("which is empty");
    expect(existsSync(join(data, "database.json"))).toBe(false);
    await run(url);
    const { id } = JSON.parse(readFileSync(join(data, "database.json"), "utf8"));
    expect(await ask(url, "SELECT value FROM settings WHERE name = 'database.id'")).toEqual([{ value: id }]);
    // A dump of before has no id; by its name it is known.
    await ask(url, "DELETE FROM settings WHERE name = 'database.id'");
    await run(url);
    await expect(run()).rejects.toThrow(nameOf(url));
  });

  it("find each other again when the database has moved, and not when another one has its name", async () => {
    await run(url);
    const moved = url.replace("127.0.0.1", "localhost");
    await run(moved);
    await expect(run()).rejects.toThrow(nameOf(moved));
    await ask(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await expect(run(moved)).rejects.toThrow(`not to ${nameOf(moved)}, which is empty.`);
    await run(url, { dataDirectory: join(folder, "new") });
    await expect(run(moved)).rejects.toThrow(`not to ${nameOf(moved)}, which is another one now.`);
  });

  it("are one to many where several servers are allowed", async () => {
    const first = await start(url);
    const other = { dataDirectory: join(folder, "other"), allowSeveralServers: true };
    await run(url, other);
    await first.close();
    await run(url, other);
    await run(url);
    const onSqlite = join(folder, "sqlite");
    await expect(run(undefined, { ...other, dataDirectory: onSqlite })).rejects.toThrow(
      "--allow-several-servers is for PostgreSQL",
    );
    expect(existsSync(onSqlite)).toBe(false);
  });

  it("are new ones after a restore, which the old directory is not started with", async () => {
    const server = await start();
    const file = join(folder, "backup.tar");
    const backup = await runProgram(SLUICE, ["backup", file, "--data", data], cleanEnvironment());
    expect(backup.stderr).toBe("");
    await server.close();
    const restored = join(folder, "restored");
    await restoreBackup({ file, dataDirectory: restored, databaseUrl: url, now: Date.now });
    await expect(run(undefined, { dataDirectory: restored })).rejects.toThrow(
      `belongs to the PostgreSQL database ${nameOf(url)}. Start it`,
    );
    await run(url, { dataDirectory: restored });
    const again = join(folder, "again");
    await restoreBackup({ file, dataDirectory: again, now: Date.now });
    await run(undefined, { dataDirectory: again });
    const idOf = (directory: string) => JSON.parse(readFileSync(join(directory, "database.json"), "utf8")).id;
    expect(new Set([data, restored, again].map(idOf)).size).toBe(3);
  });

  it("do not know each other by a password", async () => {
    const secret = url.replace("sluice@", "sluice:se%23cret@");
    await run(secret);
    expect(readFileSync(join(data, "database.json"), "utf8")).not.toContain("cret");
    await expect(run()).rejects.not.toThrow("cret");
  });

  it.each([
    "postgres://sluice:se#cret@127.0.0.1:5999/sluice",
    "postgres://sluice:12#cret@127.0.0.1:5999/sluice",
    "postgres://sluice:12/cret@127.0.0.1:5999/sluice",
    "postgres://sluice:12?cret@127.0.0.1:5999/sluice",
    "postgres://sluice:se%cret@127.0.0.1:5999/sluice",
    "mysql://x/cret",
    "cret",
    "",
  ])("are not sought by what is no URL of PostgreSQL: %s", async (wrong) => {
    const message = "--database is not postgres://USER:PASSWORD@HOST:PORT/DATABASE; write # in the password as %23";
    const restored = restoreBackup({ file: "none", dataDirectory: data, databaseUrl: wrong, now: Date.now });
    for (const refused of [run(wrong), restored, openStore({ dataDirectory: data, databaseUrl: wrong })]) {
      const error = await refused.then(
        () => new Error("it is taken"),
        (reason: Error) => reason,
      );
      expect(error.message).toContain(message);
      expect(error.message).not.toContain("cret");
      expect(error).not.toBeInstanceOf(TypeError);
    }
    expect(existsSync(data)).toBe(false);
  });

  it("say what to do when the database is not there, or nobody answers for it", async () => {
    const { host, port } = new URL(url);
    const missing = new URL(url);
    missing.pathname = "/missing";
    await expect(run(missing.href)).rejects.toThrow(
      `the database ${host}/missing does not exist. Make it: createdb missing -h 127.0.0.1 -p ${port} -U sluice`,
    );
    // Where the directory belongs to another one, a new one would be refused: that one is named instead.
    await run(url);
    const own = `${host}${new URL(url).pathname}`;
    await expect(run(missing.href)).rejects.toThrow(
      `${data} belongs to the PostgreSQL database ${own}, and ${host}/missing does not exist. Start it with that one: sluice server --data ${data} --database postgres://USER:PASSWORD@${own}`,
    );
    await expect(run("postgres://sluice@localhost:1/sluice")).rejects.toThrow(
      /cannot reach the database localhost:1\/sluice as sluice: .*ECONNREFUSED.*: pg_isready -h localhost -p 1$/,
    );
    const { PGUSER, USER } = process.env;
    delete process.env.PGUSER;
    delete process.env.USER;
    try {
      await expect(run("postgres://127.0.0.1:1/sluice")).rejects.toThrow("127.0.0.1:1/sluice: connect ECONNREFUSED");
    } finally {
      Object.assign(process.env, PGUSER === undefined ? {} : { PGUSER }, USER === undefined ? {} : { USER });
    }
  });
});
