/**
 * `node load-client.ts PORT QUICK_WORKERS SLOW_WORKERS SLOW_MILLISECONDS`: steady load, each worker sending its next request when the last
 * was answered; every second worker keeps its connection. A line on stdin is answered by a {@link LoadSnapshot} of that moment; the end
 * of stdin ends the load, when what is in flight has been answered, with the last snapshot.
 */

import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { reasonOf } from "@sluice/model/reason-of.ts";

/** Everything since the start. */
export interface LoadSnapshot {
  readonly succeeded: number;
  readonly failed: number;
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** Why requests failed, and how many of each kind. */
  readonly failures: Readonly<Record<string, number>>;
}

const [port = 0, quickWorkers = 0, slowWorkers = 0, slowMilliseconds = 0] = process.argv.slice(2).map(Number);
/** So that a worker is mostly waiting: the load is to be steady, not the machine to be full. */
const QUICK_MILLISECONDS = 15;

let succeeded = 0;
let failed = 0;
let isOver = false;
const versions: Record<string, number> = {};
const failures: Record<string, number> = {};

/** Resolves with the version that answered; rejects for no connection, a status other than 200 and a body that is cut. */
function send(agent: Agent | false, milliseconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `/?milliseconds=${milliseconds}`;
    const sent = request({ host: "127.0.0.1", port, path, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("error", reject);
      response.on("end", () => {
        const [first, second] = body.split("\n");
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        else if (!response.complete || !first || first !== second) reject(new Error("the body is cut"));
        else resolve(first);
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function work(agent: Agent | false, milliseconds: number): Promise<void> {
  while (!isOver) {
    try {
      const version = await send(agent, milliseconds);
      succeeded += 1;
      versions[version] = (versions[version] ?? 0) + 1;
    } catch (error) {
      failed += 1;
      const reason = reasonOf(error);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
  }
}

function report(): void {
  process.stdout.write(`${JSON.stringify({ succeeded, failed, versions, failures } satisfies LoadSnapshot)}\n`);
}

// Whoever asked is gone: nothing is left to be counted.
process.stdout.on("error", () => process.exit(1));
createInterface(process.stdin)
  .on("line", report)
  .on("close", () => {
    isOver = true;
  });
const kept = new Agent({ keepAlive: true });
const agentOf = (index: number) => (index % 2 === 0 ? kept : false);
await Promise.all([
  ...Array.from({ length: quickWorkers }, (_, index) => work(agentOf(index), QUICK_MILLISECONDS)),
  ...Array.from({ length: slowWorkers }, (_, index) => work(agentOf(index), slowMilliseconds)),
]);
report();
kept.destroy();
