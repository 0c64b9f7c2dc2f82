import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../installation/until.fixture.ts";
import type { ShopLoadSnapshot } from "./shop-load-client.ts";

const WORKERS = 16;
/** So that a worker is mostly waiting: the load is to be steady, not the machine to be full. */
const PAUSE_MILLISECONDS = 100;
/** While requests are counted, which are thousands; nothing else waits for them. */
const COUNTED_PAUSE_MILLISECONDS = 5;

/** The client process: {@link file://./shop-load-client.ts}. */
export interface ShopLoad {
  /** What was counted at a moment after the call. */
  snapshot(): Promise<ShopLoadSnapshot>;
  /** The parts of the versions in answers to so many requests that are sent from now on, in percent. Rejects when one failed meanwhile. */
  shares(requests: number): Promise<Readonly<Record<string, number>>>;
  end(): Promise<ShopLoadSnapshot>;
  kill(): void;
}

export function startShopLoad(port: number): ShopLoad {
  const script = fileURLToPath(new URL("shop-load-client.ts", import.meta.url));
  const args = [port, WORKERS, PAUSE_MILLISECONDS].map(String);
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  // That it has ended is told to whoever asks it next.
  child.stdin.on("error", () => {});
  const waiting: ((snapshot: ShopLoadSnapshot) => void)[] = [];
  let last: ShopLoadSnapshot = { succeeded: 0, failed: 0, versions: {}, failures: {}, answered: [] };
  const lines = createInterface(child.stdout).on("line", (line) => {
    last = JSON.parse(line);
    waiting.shift()?.(last);
  });
  const ended = once(lines, "close");
  const snapshot = (nextPauseMilliseconds = PAUSE_MILLISECONDS) => {
    const answer = new Promise<ShopLoadSnapshot>((resolve, reject) => {
      waiting.push(resolve);
      void ended.then(() => reject(new Error("the load client ended")));
    });
    child.stdin.write(`${nextPauseMilliseconds}\n`);
    return answer;
  };
  /** When what was in flight has been answered. */
  const nextRound = async () => {
    const before = await snapshot(COUNTED_PAUSE_MILLISECONDS);
    return until("an answer to every worker", async () => {
      const now = await snapshot(COUNTED_PAUSE_MILLISECONDS);
      return now.answered.every((count, worker) => count > (before.answered[worker] ?? 0)) && now;
    });
  };
  return {
    snapshot: () => snapshot(),
    async shares(requests) {
      const before = await nextRound();
      const after = await until(`${requests} more requests`, async () => {
        const now = await snapshot(COUNTED_PAUSE_MILLISECONDS);
        return now.succeeded + now.failed >= before.succeeded + before.failed + requests && now;
      });
      await snapshot();
      if (after.failed > before.failed) throw new Error(`requests failed: ${JSON.stringify(after.failures)}`);
      const counted = Object.entries(after.versions).map(([version, count]): [string, number] => [
        version,
        (100 * (count - (before.versions[version] ?? 0))) / (after.succeeded - before.succeeded),
      ]);
      return Object.fromEntries(counted.filter(([, share]) => share > 0));
    },
    async end() {
      child.stdin.end();
      await ended;
      return last;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
