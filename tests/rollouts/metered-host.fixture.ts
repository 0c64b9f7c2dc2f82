import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.ts";

/** So that a host is mostly waiting: the load is to be steady, not the machine to be full. */
const LOAD_PAUSE_MILLISECONDS = 25;

/** Where one host's {@link file://./metered-revision.fixture.ts} lives, and a client that asks it without pause from the start on. */
export class MeteredHost {
  readonly name: string;
  readonly fleet: string;
  readonly port: number;
  readonly folder: string;
  readonly #load: Promise<void>;
  #isOver = false;

  private constructor(name: string, fleet: string, port: number) {
    this.name = name;
    this.fleet = fleet;
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), `sluice-metered-${name}-`));
    this.#load = this.#ask();
  }

  static async open(name: string, fleet: string): Promise<MeteredHost> {
    return new MeteredHost(name, fleet, await freePort());
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** For its agent, whose hooks inherit it. */
  get environment(): NodeJS.ProcessEnv {
    return { HOST_FOLDER: this.folder, HOST_PORT: String(this.port), HOST_NODE: process.execPath };
  }

  /** From now on ValidateService waits, once the load has come. */
  hold(): void {
    writeFileSync(join(this.folder, "hold"), "");
  }

  release(): void {
    rmSync(join(this.folder, "hold"), { force: true });
  }

  /** Whether ValidateService has seen the load of the revision that this deployment brought. */
  validates(deploymentId: string): boolean {
    return existsSync(join(this.folder, `validates-${deploymentId}`));
  }

  /** What answers now. An answer of 500 has the version too. */
  async version(): Promise<string> {
    return (await fetch(`http://${this.address}/`)).text();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#load;
    const pidFile = join(this.folder, "pid");
    if (existsSync(pidFile)) {
      try {
        process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      // Nobody listens before the first deployment and while the application starts anew.
      await this.version().catch(() => "");
      await wait(LOAD_PAUSE_MILLISECONDS);
    }
  }
}
