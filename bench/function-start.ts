import { spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measured } from "./figure.ts";
import { bareProgram, type FunctionRuntime, type FunctionService, functionFigure } from "./function-service.ts";
import { median, worst } from "./statistics.ts";

const REPETITIONS = 15;
const GOAL_MORE_MILLISECONDS = 30;
const RUNTIMES: readonly FunctionRuntime[] = ["nodejs", "python3"];
/** What a start leaves to be done is over. */
const PAUSE_MILLISECONDS = 200;

/** A script of one line, which writes one. */
const BARE: Readonly<Record<FunctionRuntime, readonly string[]>> = {
  nodejs: ["-e", 'console.log("ready")'],
  python3: ["-c", 'print("ready")'],
};

/**
 * The first Invoke of a function, whose code other functions have brought to this machine, from its first byte to its answer; and a bare process of
 * its runtime, from spawn to its first output, in turn.
 */
export const functionStart = functionFigure(
  "function-start",
  "first invocation of a fresh environment",
  async (service, context) => {
    const { repetitions = REPETITIONS, say } = context;
    const measured: Measured[] = [];
    for (const runtime of RUNTIMES) {
      const names = Array.from({ length: repetitions + 1 }, (_, index) => `cold-${runtime}-${index}`);
      for (const name of names) await service.create(name, runtime);
      const [first = "", ...others] = names;
      // What is found out once, and unpacked once.
      await invokeOnce(service, first);
      await bareStart(runtime);
      const ours: number[] = [];
      const bare: number[] = [];
      for (const name of others) {
        await sleep(PAUSE_MILLISECONDS);
        const reference = await bareStart(runtime);
        await sleep(PAUSE_MILLISECONDS);
        const milliseconds = await invokeOnce(service, name);
        ours.push(milliseconds);
        bare.push(reference);
        say(`${runtime}: ${milliseconds.toFixed(1)} ms, bare ${reference.toFixed(1)} ms`);
      }
      measured.push(figureOf(runtime, ours, bare));
    }
    return measured;
  },
);

function figureOf(runtime: FunctionRuntime, ours: readonly number[], bare: readonly number[]): Measured {
  const more = ours.map((milliseconds, round) => milliseconds - (bare[round] ?? 0));
  return {
    figure: `first invocation of a fresh environment, ${runtime}, more than the bare runtime's start`,
    unit: "ms",
    reached: median(more),
    detail:
      `median of ${more.length} pairs, worst ${worst(more).toFixed(1)}; the invocation itself: median ${median(ours).toFixed(1)} ms, ` +
      `worst ${worst(ours).toFixed(1)} ms`,
    goal: { value: GOAL_MORE_MILLISECONDS },
    reference: `a bare process to its first line of output: median ${median(bare).toFixed(1)} ms, worst ${worst(bare).toFixed(1)} ms`,
  };
}

/** Milliseconds from the request's first byte to the answer, over a connection that is there. */
function invokeOnce({ port, invocation }: FunctionService, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = invocation(name);
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let start = 0;
    let answer = "";
    socket.once("connect", () => {
      start = performance.now();
      socket.write(request);
    });
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      // The handler's answer is the last thing that comes.
      if (!answer.includes("\r\n\r\nnull")) return;
      const milliseconds = performance.now() - start;
      socket.destroy();
      if (answer.startsWith("HTTP/1.1 200 ") && !/x-amz-function-error/i.test(answer)) resolve(milliseconds);
      else reject(new Error(`refused: ${answer.slice(0, 1_000)}`));
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`no answer: ${answer.slice(0, 1_000)}`)));
  });
}

/** Milliseconds from spawn to the first line of output. */
function bareStart(runtime: FunctionRuntime): Promise<number> {
  return new Promise((resolve, reject) => {
    const program = bareProgram(runtime);
    const start = performance.now();
    let milliseconds = 0;
    const child = spawn(program, BARE[runtime], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.once("data", () => {
      milliseconds = performance.now() - start;
    });
    child.once("error", reject);
    child.once("close", () => resolve(milliseconds));
  });
}
