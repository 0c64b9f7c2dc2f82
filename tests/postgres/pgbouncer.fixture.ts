import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../scripts/free-port.ts";
import { until } from "../installation/until.fixture.ts";
import { postgresUser } from "./postgres-cluster.fixture.ts";

const PGBOUNCER = "/usr/sbin/pgbouncer";

/** Why there is none, or null. */
export function whyNoPgBouncer(): string | null {
  try {
    execFileSync(PGBOUNCER, ["--version"], { stdio: "pipe" });
    return null;
  } catch {
    return "PgBouncer is not installed (Debian: pgbouncer)";
  }
}

/** A pooler before a database; `url` leads through it. */
export async function startPgBouncer(databaseUrl: string, mode: "session" | "transaction") {
  const directory = mkdtempSync(join(tmpdir(), "sluice-pgbouncer-"));
  const { hostname, port, pathname } = new URL(databaseUrl);
  const ownPort = await freePort();
  const users = join(directory, "users.txt");
  const config = join(directory, "pgbouncer.ini");
  writeFileSync(users, '"sluice" ""\n');
  writeFileSync(
    config,
    [
      "[databases]",
      `${pathname.slice(1)} = host=${hostname} port=${port} user=sluice`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${ownPort}`,
      "unix_socket_dir =",
      "auth_type = any",
      `auth_file = ${users}`,
      `pool_mode = ${mode}`,
    ].join("\n"),
  );
  chmodSync(directory, 0o755);
  // It does not run as root.
  const identity = process.getuid?.() === 0 ? (postgresUser() ?? {}) : {};
  const pooler = spawn(PGBOUNCER, [config], { ...identity, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => pooler.once("exit", () => resolve()));
  const url = new URL(databaseUrl);
  url.port = String(ownPort);
  await until("PgBouncer to answer", async () => {
    const client = new pg.Client({ connectionString: url.href });
    client.on("error", () => {});
    return client
      .connect()
      .then(() => client.end())
      .then(
        () => true,
        () => false,
      );
  });
  return {
    url: url.href,
    async stop() {
      pooler.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
