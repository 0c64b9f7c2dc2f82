import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../scripts/free-port.ts";

/** A PostgreSQL server of the tests' own: its data in a temporary folder, reached by a socket there and by a free loopback port. */
export interface PostgresCluster {
  /** A new, empty database, as a URL for `--database`. */
  newDatabase(): Promise<string>;
  /** Ends up to so many connections of Sluice's (or those of this name), at random, as an administrator would; how many there were. */
  terminateBackends(count: number, name?: string): Promise<number>;
  /** A fast shutdown; resolves when it is down. */
  shutDown(): Promise<void>;
  /** After `shutDown`; resolves when it can be reached. */
  start(): Promise<void>;
  /** All its processes stand still: connections stay open, and nothing is answered. */
  suspend(): void;
  resume(): void;
  stop(): Promise<void>;
}

const BINARIES = "/usr/lib/postgresql";
const SETTINGS = { listen_addresses: "127.0.0.1", max_connections: "100" };
/** No test cuts the power, and every new database would wait for the disk: nothing is flushed. */
const NOT_DURABLE = { fsync: "off" };
const START_ATTEMPTS = 200;
const START_PAUSE_MILLISECONDS = 50;

/** Why no cluster can be had here, or null when one can. */
export function whyNoPostgres(): string | null {
  if (!binaryDirectory()) return "PostgreSQL's server is not installed (Debian: postgresql)";
  if (process.getuid?.() === 0 && !postgresUser())
    return "PostgreSQL does not run as root, and there is no user postgres";
  return null;
}

export interface PostgresOptions {
  /** Commits reach the disk, as they do in production. */
  readonly isDurable?: boolean;
}

export async function startPostgres({ isDurable = false }: PostgresOptions = {}): Promise<PostgresCluster> {
  const binaries = binaryDirectory();
  if (!binaries) throw new Error(whyNoPostgres() ?? "PostgreSQL is missing");
  const directory = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  const owner = process.getuid?.() === 0 ? postgresUser() : null;
  if (owner) chownSync(directory, owner.uid, owner.gid);
  const data = join(directory, "data");
  const identity = owner ? { uid: owner.uid, gid: owner.gid } : {};
  execFileSync(join(binaries, "initdb"), ["-D", data, "-U", "sluice", "--auth=trust", "--no-sync", "-E", "UTF8"], {
    ...identity,
    cwd: directory,
    stdio: "pipe",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  const port = await freePort();
  let server: ChildProcess;
  let ended: Promise<void>;
  const start = async () => {
    server = spawn(
      join(binaries, "postgres"),
      [
        "-D",
        data,
        "-p",
        String(port),
        "-k",
        directory,
        ...settings({ ...SETTINGS, ...(isDurable ? {} : NOT_DURABLE) }),
      ],
      { ...identity, cwd: directory, stdio: "ignore", env: { PATH: process.env.PATH, LC_ALL: "C" } },
    );
    ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    await untilReachable(urlOf("postgres"));
  };
  const urlOf = (database: string) => `postgres://sluice@127.0.0.1:${port}/${database}`;
  await start();
  let databases = 0;
  return {
    async newDatabase() {
      const name = `sluice_${++databases}_${process.pid}`;
      await execute(urlOf("postgres"), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async terminateBackends(count, name = "sluice %") {
      const [row] = await query<{ ended: number }>(
        urlOf("postgres"),
        `SELECT count(pg_terminate_backend(pid))::int AS ended FROM (
           SELECT pid FROM pg_stat_activity WHERE application_name LIKE '${name}' ORDER BY random() LIMIT ${count}) chosen`,
      );
      return row?.ended ?? 0;
    },
    async shutDown() {
      server.kill("SIGINT");
      await ended;
    },
    start,
    suspend: () => signalAll(server, "SIGSTOP"),
    resume: () => signalAll(server, "SIGCONT"),
    async stop() {
      signalAll(server, "SIGCONT");
      // Immediate: nothing in it is worth a clean shutdown.
      server.kill("SIGQUIT");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function binaryDirectory(): string | null {
  if (!existsSync(BINARIES)) return null;
  const versions = readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a));
  const found = versions
    .map((version) => join(BINARIES, version, "bin"))
    .find((path) => existsSync(join(path, "postgres")));
  return found ?? null;
}

export function postgresUser(): { uid: number; gid: number } | null {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

async function untilReachable(url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await execute(url, "SELECT 1");
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw new Error("the tests' PostgreSQL did not start", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MILLISECONDS));
    }
  }
}

/** The server and its backends, which are its children. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  for (const one of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(one, signal);
    } catch {
      // Gone in the meantime.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

async function execute(url: string, statement: string): Promise<void> {
  await query(url, statement);
}

async function query<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
