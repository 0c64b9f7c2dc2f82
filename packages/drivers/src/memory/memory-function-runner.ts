import {
  type CallEnd,
  type FunctionCall,
  type FunctionEnvironment,
  type FunctionFault,
  type FunctionLog,
  type FunctionPlan,
  type FunctionRunner,
  MAX_LOG_TAIL_BYTES,
} from "@sluice/engine/ports/function-runner.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** What a function in memory makes of one call. */
export interface MemoryFunctionTurn {
  /** `hangs`: until its time is over. `exits` and `grows`: its process ends. */
  readonly does: "answers" | "throws" | "exits" | "hangs" | "grows";
  /** The answer, as JSON; null when absent. */
  readonly value?: unknown;
  /** Of `throws`. */
  readonly fault?: FunctionFault;
  /** Of `exits`; 1 when absent. */
  readonly exitCode?: number;
  /** Until then it runs; 0 when absent. */
  readonly milliseconds?: number;
  readonly writes?: readonly string[];
  /** From its answer until its process ends by itself; it stays when absent. */
  readonly livesMilliseconds?: number;
}

export interface MemoryFunction {
  /** It does not load; it does when absent. */
  readonly startFault?: FunctionFault;
  /** 0 when absent. */
  readonly initMilliseconds?: number;
  /** Called at each call. What it throws is the handler's error. */
  readonly handle: (
    event: unknown,
    call: FunctionCall,
    plan: FunctionPlan,
  ) => MemoryFunctionTurn | Promise<MemoryFunctionTurn>;
}

export interface MemoryFunctionRunnerDependencies {
  /** By the digest of the code, read at every start. */
  readonly functions: ReadonlyMap<string, MemoryFunction>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves so much later. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Of every environment. */
const MEMORY_BYTES = 32 * 1024 ** 2;
const RUNTIME = /^(nodejs[0-9]+\.x|python3\.[0-9]+|provided(\.[a-z0-9]+)?)$/;

/** Functions in memory, for tests and simulations. */
export const memoryFunctionRunner: Driver<
  "function-runner",
  NoSettings,
  MemoryFunctionRunnerDependencies,
  FunctionRunner
> = {
  port: "function-runner",
  name: "memory",
  create: (_settings, dependencies) => {
    const environments = new Set<MemoryEnvironment>();
    let count = 0;
    return {
      troubleWith: async ({ runtime }) =>
        RUNTIME.test(runtime) ? undefined : `the runtime ${runtime} does not run here: use nodejs24.x, for example`,
      start: async (plan, log, signal) => {
        signal.throwIfAborted();
        const found = dependencies.functions.get(plan.codeSha256);
        if (found === undefined) throw new Error(`there is no code with the digest ${plan.codeSha256}`);
        const { startFault, initMilliseconds = 0 } = found;
        if (initMilliseconds > 0) await dependencies.pause(initMilliseconds);
        signal.throwIfAborted();
        if (startFault) return { outcome: "failed", fault: startFault, logTail: "" };
        count += 1;
        const environment = new MemoryEnvironment(`memory-${count}`, plan, found, log, dependencies);
        environments.add(environment);
        environment.onOver(() => environments.delete(environment));
        return { outcome: "ready", environment, initMilliseconds };
      },
      keepOnly: async () => undefined,
      close: async () => {
        for (const environment of [...environments]) await environment.end();
      },
    };
  },
};

/** Of an environment that was told to end. */
const BROKEN_OFF: MemoryFunctionTurn = {
  does: "throws",
  fault: { errorType: "Sandbox.Stopped", errorMessage: "Sluice has ended the function's process before it answered" },
};

class MemoryEnvironment implements FunctionEnvironment {
  readonly environmentId: string;
  readonly #plan: FunctionPlan;
  readonly #function: MemoryFunction;
  readonly #log: FunctionLog;
  readonly #dependencies: MemoryFunctionRunnerDependencies;
  readonly #listeners: (() => void)[] = [];
  #isOver = false;
  /** Ends the call under way, which has lost its process. */
  #lose: (() => void) | undefined;

  constructor(
    environmentId: string,
    plan: FunctionPlan,
    found: MemoryFunction,
    log: FunctionLog,
    dependencies: MemoryFunctionRunnerDependencies,
  ) {
    this.environmentId = environmentId;
    this.#plan = plan;
    this.#function = found;
    this.#log = log;
    this.#dependencies = dependencies;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#listeners.push(listener);
  }

  async memoryBytes(): Promise<number> {
    return this.#isOver ? 0 : MEMORY_BYTES;
  }

  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners.splice(0)) listener();
    this.#lose?.();
  }

  async call(call: FunctionCall): Promise<CallEnd> {
    const { now } = this.#dependencies;
    const { requestId } = call;
    const startedAt = now();
    const lines = [`START RequestId: ${requestId} Version: ${this.#plan.version}`];
    const lost = new Promise<MemoryFunctionTurn>((resolve) => {
      this.#lose = () => resolve(BROKEN_OFF);
    });
    const turn = this.#isOver ? BROKEN_OFF : await Promise.race([this.#turn(call), lost]);
    this.#lose = undefined;
    lines.push(...(turn.writes ?? []));
    const [outcome, value] = resultOf(turn, call, this.#plan);
    const durationMilliseconds = now() - startedAt;
    lines.push(
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: ${durationMilliseconds.toFixed(2)} ms`,
    );
    for (const line of lines) this.#log.write(now(), line);
    if (turn.does === "exits" || turn.does === "hangs" || turn.does === "grows") await this.end();
    else if (turn.livesMilliseconds !== undefined) {
      void this.#dependencies.pause(turn.livesMilliseconds).then(() => this.end());
    }
    const logTail = Buffer.from(`${lines.join("\n")}\n`)
      .subarray(-MAX_LOG_TAIL_BYTES)
      .toString("utf8");
    const payload = Buffer.from(JSON.stringify(value ?? null));
    return { outcome, payload, logTail, durationMilliseconds, maxMemoryBytes: MEMORY_BYTES };
  }

  /** With the time that it takes. */
  async #turn(call: FunctionCall): Promise<MemoryFunctionTurn> {
    const limit = this.#plan.timeoutSeconds * 1000;
    const turn = await this.#handle(call);
    const { milliseconds = 0 } = turn;
    if (turn.does === "hangs" || milliseconds > limit) {
      await this.#dependencies.pause(limit);
      return { ...turn, does: "hangs" };
    }
    if (milliseconds > 0) await this.#dependencies.pause(milliseconds);
    return turn;
  }

  async #handle(call: FunctionCall): Promise<MemoryFunctionTurn> {
    try {
      return await this.#function.handle(JSON.parse(Buffer.from(call.payload).toString("utf8")), call, this.#plan);
    } catch (error) {
      return { does: "throws", fault: { errorType: (error as Error).name, errorMessage: (error as Error).message } };
    }
  }
}

function resultOf(
  turn: MemoryFunctionTurn,
  { requestId }: FunctionCall,
  plan: FunctionPlan,
): [CallEnd["outcome"], unknown] {
  const ended = (errorType: string, words: string): [CallEnd["outcome"], unknown] => [
    "failed",
    { errorType, errorMessage: `RequestId: ${requestId} Error: ${words}` },
  ];
  switch (turn.does) {
    case "answers":
      return ["answered", turn.value];
    case "throws":
      return ["failed", turn.fault ?? { errorType: "Error", errorMessage: "" }];
    case "hangs":
      return ended("Sandbox.Timedout", `Task timed out after ${plan.timeoutSeconds.toFixed(2)} seconds`);
    case "exits":
      return ended("Runtime.ExitError", `Runtime exited with error: exit status ${turn.exitCode ?? 1}`);
    case "grows":
      return ended("Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
  }
}
