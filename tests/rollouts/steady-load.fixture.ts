import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../installation/until.fixture.ts";
import type { LoadSnapshot } from "./load-client.ts";

export interface LoadOptions {
  readonly port: number;
  /** How long the slow requests take, of which there are always some. */
  readonly slowMilliseconds: number;
}

const QUICK_WORKERS = 24;
const SLOW_WORKERS = 8;

/** The client process: {@link file://./load-client.ts}. */
export class Load {
  readonly #child: ChildProcess;
  readonly #waiting: ((snapshot: LoadSnapshot) => void)[] = [];
  #last: LoadSnapshot = { succeeded: 0, failed: 0, versions: {}, failures: {} };
  readonly #ended: Promise<unknown>;

  constructor({ port, slowMilliseconds }: LoadOptions) {
    const script = fileURLToPath(new URL("load-client.ts", import.meta.url));
    const args = [port, QUICK_WORKERS, SLOW_WORKERS, slowMilliseconds].map(String);
    const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    // That it has ended is told to whoever asks it next.
    child.stdin.on("error", () => {});
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      this.#last = JSON.parse(line);
      this.#waiting.shift()?.(this.#last);
    });
    this.#ended = once(lines, "close");
  }

  /** What was counted at a moment after the call. */
  snapshot(): Promise<LoadSnapshot> {
    const answer = new Promise<LoadSnapshot>((resolve, reject) => {
      this.#waiting.push(resolve);
      void this.#ended.then(() => reject(new Error("the load client ended")));
    });
    this.#child.stdin?.write("\n");
    return answer;
  }

  /** Waits until so many more requests have ended, one way or the other. */
  async advance(requests: number): Promise<LoadSnapshot> {
    const begun = await this.snapshot();
    const goal = begun.succeeded + begun.failed + requests;
    return until(`${requests} more requests`, async () => {
      const snapshot = await this.snapshot();
      return snapshot.succeeded + snapshot.failed >= goal && snapshot;
    });
  }

  /** The versions that answer from now on, of so many requests. */
  async versions(requests: number): Promise<string[]> {
    const { versions: before } = await this.snapshot();
    const { versions } = await this.advance(requests);
    return Object.keys(versions)
      .filter((version) => versions[version] !== before[version])
      .sort();
  }

  async end(): Promise<LoadSnapshot> {
    this.#child.stdin?.end();
    await this.#ended;
    return this.#last;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
