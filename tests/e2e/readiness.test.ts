import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { smallDisk } from "../installation/small-disk.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";

/** Far more than the second in which it answers, and far less than for ever. */
const ANSWER_TIMEOUT_MILLISECONDS = 20_000;

let server: SluiceServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function readyz(): Promise<{ code: number; status: string; reason?: string }> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MILLISECONDS);
  const response = await fetch(`${server?.url()}/readyz`, { signal });
  return { code: response.status, ...((await response.json()) as { status: string; reason?: string }) };
}

const logLines = () => (server?.log() ?? "").split("\n").filter(Boolean);
const untilReady = () => until("the server to be ready", async () => (await readyz()).code === 200);
const untilNotReady = async (reason: RegExp) => {
  const answer = await until("the server to say that it is not ready", async () => {
    const one = await readyz();
    return one.code === 503 && reason.test(one.reason ?? "") && one;
  });
  expect(answer.status).toBe("not ready");
  expect(answer.reason).not.toContain("\n");
};

describe("/readyz with PostgreSQL", () => {
  const whyNot = whyNoPostgres();

  it("says within moments that the database hangs, is locked or is away, and that it is back", async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    const cluster: PostgresCluster = await startPostgres();
    try {
      const url = await cluster.newDatabase();
      server = await startSluiceServer({ databaseUrl: url });
      expect(await readyz()).toEqual({ code: 200, status: "ready" });

      cluster.suspend();
      await untilNotReady(/^the database does not answer within \d+ ms$/);
      await untilNotReady(/^the database has not answered for \d+ s$/);
      cluster.resume();
      await untilReady();

      const locker = new pg.Client(url);
      await locker.connect();
      await locker.query("BEGIN");
      await locker.query("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE");
      await untilNotReady(/^the database (does not answer within|has not answered for)/);
      await locker.end();
      await untilReady();

      // PostgreSQL's own error, where it finds no room for a row.
      const owner = new pg.Client(url);
      await owner.connect();
      await owner.query(
        "CREATE FUNCTION find_no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$",
      );
      await owner.query("CREATE TRIGGER no_room BEFORE INSERT ON hosts EXECUTE FUNCTION find_no_room()");
      expect((await server.run("hosts", "add", "web-1")).stderr).toMatch(
        /^sluice: The disk of the server's PostgreSQL is full\. Nothing was changed\..*\(ServiceUnavailableException\)\n$/,
      );
      // The probe, which writes elsewhere, would not know yet.
      await untilNotReady(/^PostgreSQL's disk is full: /);
      await owner.query("DROP TRIGGER no_room ON hosts");
      await owner.end();
      await server.sluice("hosts", "add", "web-1");
      await untilReady();

      await cluster.shutDown();
      await untilNotReady(/^the database/);
      const { stderr } = await server.run("hosts", "list");
      expect(stderr).toContain("cannot reach its database");
      await cluster.start();
      await untilReady();
      // One line when it goes, whoever asked meanwhile, and one when it is back to stay, which is known a second later.
      const linesWith = (text: string) => logLines().filter((line) => line.includes(text));
      await until(
        "the last return of the database to be logged",
        () =>
          linesWith("the database is reachable again").length === linesWith("the database cannot be reached").length,
      );
      const told = linesWith("the database cannot be reached");
      const others = logLines().filter((line) => JSON.parse(line).level >= 50 && !told.includes(line));
      expect(others.filter((line) => !line.includes("could not extend file"))).toEqual([]);
    } finally {
      cluster.resume();
      await cluster.stop();
    }
  }, 180_000);
});

describe("/readyz with SQLite", () => {
  it("says that the disk of the data directory is full, for as long as it is", async (context) => {
    const disk = smallDisk();
    if (typeof disk === "string") return context.skip(true, disk);
    try {
      const before = process.env.TMPDIR;
      process.env.TMPDIR = disk.path;
      server = await startSluiceServer().finally(() => {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      });
      await untilReady();
      let hosts = 0;
      disk.fill();
      await untilNotReady(/no space left on device|full/);
      // SQLite writes for a while into what its log has already.
      const refusal = await until("a write to be refused", async () => {
        const { exitCode, stderr } = await server!.run("hosts", "add", `web-${++hosts}`);
        return exitCode !== 0 && stderr;
      });
      expect(refusal).toMatch(
        /^sluice: The server's disk is full\. Nothing was changed\..* df -h .*\(ServiceUnavailableException\)\n$/,
      );
      disk.free();
      await untilReady();
      await server.sluice("hosts", "add", "web-afterwards");
    } finally {
      await server?.close();
      server = undefined;
      disk.remove();
    }
  });
});
