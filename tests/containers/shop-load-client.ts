/**
 * `node shop-load-client.ts PORT WORKERS PAUSE_MILLISECONDS`: steady load, each worker sending its next request some time after the last was answered;
 * every second worker keeps its connection. A line on stdin, which says how long workers pause from now on, is answered by a {@link ShopLoadSnapshot}
 * of that moment; the end of stdin ends the load, when what is in flight has been answered, with the last snapshot.
 */

import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";

/** Everything since the start. */
export interface ShopLoadSnapshot {
  readonly succeeded: number;
  readonly failed: number;
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** Why requests failed, and how many of each kind. */
  readonly failures: Readonly<Record<string, number>>;
  /** How many answers each worker has had. */
  readonly answered: readonly number[];
}

const [port = 0, workers = 0, firstPauseMilliseconds = 0] = process.argv.slice(2).map(Number);
/** The last worker's requests take this long: there is always one in flight when a task is to end. */
const SLOW_MILLISECONDS = 500;

let succeeded = 0;
let failed = 0;
let isOver = false;
let pauseMilliseconds = firstPauseMilliseconds;
const versions: Record<string, number> = {};
const failures: Record<string, number> = {};
const answered = Array.from({ length: workers + 1 }, () => 0);

/** Resolves with the version that answered; rejects for no connection, a status other than 200 and a body that is cut. */
function send(agent: Agent | false, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        else if (!response.complete) reject(new Error("the body is cut"));
        else resolve(JSON.parse(body).version);
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function work(worker: number, agent: Agent | false, path: string): Promise<void> {
  while (!isOver) {
    try {
      const version = await send(agent, path);
      succeeded += 1;
      versions[version] = (versions[version] ?? 0) + 1;
    } catch (error) {
      failed += 1;
      const reason = reasonOf(error);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
    answered[worker] = (answered[worker] ?? 0) + 1;
    await pause(pauseMilliseconds);
  }
}

function report(): void {
  const snapshot: ShopLoadSnapshot = { succeeded, failed, versions, failures, answered };
  process.stdout.write(`${JSON.stringify(snapshot)}\n`);
}

// Whoever asked is gone: nothing is left to be counted.
process.stdout.on("error", () => process.exit(1));
createInterface(process.stdin)
  .on("line", (line) => {
    pauseMilliseconds = Number(line);
    report();
  })
  .on("close", () => {
    isOver = true;
  });
const kept = new Agent({ keepAlive: true });
await Promise.all([
  ...Array.from({ length: workers }, (_, index) => work(index, index % 2 === 0 ? kept : false, "/")),
  work(workers, false, `/?milliseconds=${SLOW_MILLISECONDS}`),
]);
report();
kept.destroy();
