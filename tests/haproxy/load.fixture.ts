import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./until-wanted.fixture.ts";

const WORKERS = 12;
/** Requests to be answered in each state of the hosts before the next. */
export const REQUESTS_A_PHASE = 500;

/** The client process. */
export class Load {
  readonly #child: ChildProcess;
  #succeeded = 0;
  #failed = 0;
  readonly #ended: Promise<unknown>;

  constructor(port: number) {
    const script = fileURLToPath(new URL("haproxy-load-client.ts", import.meta.url));
    const child = spawn(process.execPath, [script, String(port), String(WORKERS)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      [this.#succeeded, this.#failed] = line.split(" ").map(Number) as [number, number];
    });
    this.#ended = once(lines, "close");
  }

  get failed(): number {
    return this.#failed;
  }

  /** Until so many more have been answered in one way or the other. */
  async advance(requests = REQUESTS_A_PHASE): Promise<void> {
    const goal = this.#succeeded + this.#failed + requests;
    await until(
      () => this.#succeeded + this.#failed,
      (answered) => answered >= goal,
    );
  }

  async end(): Promise<{ readonly succeeded: number; readonly failed: number }> {
    this.#child.stdin?.end();
    await this.#ended;
    return { succeeded: this.#succeeded, failed: this.#failed };
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
