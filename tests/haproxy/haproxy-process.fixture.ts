import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askHaproxy, parseRuntimeSocket, type RuntimeSocket } from "@sluice/drivers/haproxy-runtime/runtime-socket.ts";
import { freePort } from "../../scripts/free-port.ts";
import { until } from "./until-wanted.fixture.ts";

/** Debian installs it where only root looks. */
const ENVIRONMENT = { PATH: `${process.env.PATH}:/usr/sbin` };

/** Why there can be no HAProxy here, or null. */
export function whyNoHaproxy(): string | null {
  return spawnSync("haproxy", ["-v"], { env: ENVIRONMENT }).error ? "HAProxy is not installed (Debian: haproxy)" : null;
}

export interface HaproxyServerLine {
  readonly name: string;
  /** Absent: loopback. */
  readonly address?: string;
  readonly port: number;
  /** More words of its `server` line; absent: a health check on `/health`, often. */
  readonly options?: string;
}

export interface HaproxyOptions {
  readonly backends: Readonly<Record<string, readonly HaproxyServerLine[]>>;
  readonly socket?: "unix" | "tcp";
  readonly level?: "admin" | "operator";
}

/** Checks so often that a test waits for none; two passes raise a server, two failures bring it down. */
const CHECKED = "check inter 50ms rise 2 fall 2";

/** A HAProxy of the test's own, on loopback; the first backend is the default one. */
export class HaproxyProcess {
  readonly port: number;
  readonly socket: string;
  readonly #directory: string;
  readonly #config: string;
  #child: ChildProcess | undefined;

  private constructor(directory: string, ports: readonly [number, number], options: HaproxyOptions) {
    const { backends, socket = "unix", level = "admin" } = options;
    this.#directory = directory;
    this.port = ports[0];
    this.socket = socket === "unix" ? join(directory, "admin.sock") : `127.0.0.1:${ports[1]}`;
    this.#config = join(directory, "haproxy.cfg");
    const bind = socket === "unix" ? `${this.socket} mode 600` : `ipv4@${this.socket}`;
    const names = Object.keys(backends);
    const lines = [
      "global",
      `  stats socket ${bind} level ${level}`,
      // Ten are let wait until it is told so: a test that counts connections would count those that were refused.
      "  stats maxconn 100",
      "defaults",
      "  mode http",
      "  retries 0",
      "  timeout connect 5s",
      "  timeout client 60s",
      "  timeout server 60s",
      // Else the interval is also the time limit, and a busy machine makes healthy servers look sick.
      "  timeout check 60s",
      "frontend public",
      `  bind 127.0.0.1:${this.port}`,
      "  use_backend %[req.hdr(x-backend)] if { req.hdr(x-backend) -m found }",
      `  default_backend ${names[0]}`,
    ];
    for (const [backend, servers] of Object.entries(backends)) {
      lines.push(`backend ${backend}`, "  option httpchk GET /health");
      for (const server of servers) {
        // So that a test can aim at one server while it is up; a server that drains is left out of it.
        lines.push(`  use-server ${server.name} if { req.hdr(x-server) ${server.name} }`);
        const address = server.address ?? "127.0.0.1";
        lines.push(`  server ${server.name} ${address}:${server.port} ${server.options ?? CHECKED}`);
      }
    }
    writeFileSync(this.#config, `${lines.join("\n")}\n`);
  }

  static async start(options: HaproxyOptions): Promise<HaproxyProcess> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-haproxy-"));
    const haproxy = new HaproxyProcess(directory, [await freePort(), await freePort()], options);
    await haproxy.#run();
    return haproxy;
  }

  get #runtime(): RuntimeSocket {
    return parseRuntimeSocket(this.socket)!;
  }

  ask(command: string): Promise<string> {
    return askHaproxy(this.#runtime, command, new AbortController().signal);
  }

  /** All that it was told at run time is lost. */
  async restart(): Promise<void> {
    await this.kill();
    await this.#run();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    const child = spawn("haproxy", ["-db", "-q", "-f", this.#config], {
      stdio: ["ignore", "ignore", "pipe"],
      env: ENVIRONMENT,
    });
    this.#child = child;
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`haproxy ended: ${said}`);
        return this.ask("show info").catch(() => undefined);
      },
      (answer) => answer?.includes(`\nPid: ${child.pid}\n`) ?? false,
    );
    // A check that has not run yet counts as passed, so that requests could be sent to servers that are not there.
    await until(
      () => this.ask("show stat -1 4 -1"),
      (answer) => !/,(\* )?INI,|,UP \d/.test(answer),
    );
  }
}
