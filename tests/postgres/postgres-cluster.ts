import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A PostgreSQL server of the tests' own: its data in a temporary folder, reached by a socket there and by a free loopback port. */
export interface PostgresCluster {
  /** A new, empty database, as a URL for `--database`. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const BINARIES = "/usr/lib/postgresql";
/** No test cuts the power, and every new database would wait for the disk: nothing is flushed. */
const SETTINGS = { listen_addresses: "127.0.0.1", max_connections: "100", fsync: "off" };
const START_ATTEMPTS = 200;
const START_PAUSE_MILLISECONDS = 50;

/** Why no cluster can be had here, or null when one can. */
export function whyNoPostgres(): string | null {
  if (!binaryDirectory()) return "PostgreSQL's server is not installed (Debian: postgresql)";
  if (process.getuid?.() === 0 && !postgresUser())
    return "PostgreSQL does not run as root, and there is no user postgres";
  return null;
}

export async function startPostgres(): Promise<PostgresCluster> {
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
  const server = spawn(
    join(binaries, "postgres"),
    ["-D", data, "-p", String(port), "-k", directory, ...settings(SETTINGS)],
    { ...identity, cwd: directory, stdio: "ignore", env: { PATH: process.env.PATH, LC_ALL: "C" } },
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const urlOf = (database: string) => `postgres://sluice@127.0.0.1:${port}/${database}`;
  await untilReachable(urlOf("postgres"));
  let databases = 0;
  return {
    async newDatabase() {
      const name = `sluice_${++databases}_${process.pid}`;
      await execute(urlOf("postgres"), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async stop() {
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

function postgresUser(): { uid: number; gid: number } | null {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
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

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
