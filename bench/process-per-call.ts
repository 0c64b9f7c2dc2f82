import { spawn } from "node:child_process";

/**
 * The process to compare with: each call starts a bare process, which reads the event from its input, and whose output is the answer. As many at
 * a time as there are connections in the other measurement.
 */
export interface ProcessPerCallOrder {
  readonly program: string;
  readonly args: readonly string[];
  readonly payload: string;
  readonly atOnce: number;
  readonly seconds: number;
}

export interface ProcessPerCallResult {
  readonly callsPerSecond: number;
}

function callOnce({ program, args, payload }: ProcessPerCallOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    let answer = "";
    child.stdout.on("data", (chunk: Buffer) => {
      answer += chunk.toString("utf8");
    });
    child.once("error", reject);
    child.once("close", () => {
      try {
        JSON.parse(answer);
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(payload);
  });
}

async function callForAWhile(order: ProcessPerCallOrder): Promise<ProcessPerCallResult> {
  const start = performance.now();
  const end = start + order.seconds * 1000;
  let calls = 0;
  const caller = async () => {
    while (performance.now() < end) {
      await callOnce(order);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: order.atOnce }, caller));
  return { callsPerSecond: calls / ((performance.now() - start) / 1000) };
}

process.on("message", (order: ProcessPerCallOrder) => {
  void callForAWhile(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));
