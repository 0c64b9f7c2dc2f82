/**
 * `node haproxy-load-client.ts PORT WORKERS`: steady load, each worker sending its next request when the last was answered. Prints
 * `succeeded failed` after every hundred, and at the end, which comes with the end of stdin. Half of the workers keep their connection.
 */
import { Agent, request } from "node:http";

const [port, workers] = process.argv.slice(2).map(Number) as [number, number];
const REPORT_EVERY = 100;
let succeeded = 0;
let failed = 0;
let isOver = false;

process.stdin.on("end", () => {
  isOver = true;
});
process.stdin.resume();

function send(agent: Agent | false): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path: "/work", agent }, (response) => {
      response.resume();
      response.on("error", () => resolve(false));
      response.on("end", () => resolve(response.statusCode === 200));
    });
    sent.on("error", () => resolve(false));
    sent.end();
  });
}

async function work(agent: Agent | false): Promise<void> {
  while (!isOver) {
    if (await send(agent)) succeeded += 1;
    else failed += 1;
    if ((succeeded + failed) % REPORT_EVERY === 0) report();
  }
}

function report(): void {
  process.stdout.write(`${succeeded} ${failed}\n`);
}

const kept = new Agent({ keepAlive: true });
await Promise.all(Array.from({ length: workers }, (_, index) => work(index % 2 === 0 ? kept : false)));
report();
kept.destroy();
