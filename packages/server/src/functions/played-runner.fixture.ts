import type {
  CallEnd,
  EnvironmentStart,
  FunctionCall,
  FunctionEnvironment,
  FunctionPlan,
  FunctionRunner,
  PlanTrouble,
} from "@sluice/engine/ports/function-runner.ts";

/** An environment of which the test decides when its calls end. */
export class PlayedEnvironment implements FunctionEnvironment {
  readonly environmentId: string;
  readonly plan: FunctionPlan;
  readonly calls: FunctionCall[] = [];
  isOver = false;
  hasEnded = false;
  /** What `end` does the next times. */
  readonly endFaults: Error[] = [];
  readonly #listeners: (() => void)[] = [];
  #answer: ((end: CallEnd) => void) | undefined;

  constructor(environmentId: string, plan: FunctionPlan) {
    this.environmentId = environmentId;
    this.plan = plan;
  }

  get isBusy(): boolean {
    return this.#answer !== undefined;
  }

  call(call: FunctionCall): Promise<CallEnd> {
    if (this.#answer) throw new Error("two calls at once");
    if (this.hasEnded) throw new Error("a call of an environment that was ended");
    this.calls.push(call);
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(change: Partial<CallEnd> = {}): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.({
      outcome: "answered",
      payload: Buffer.from("null"),
      logTail: "",
      durationMilliseconds: 1,
      maxMemoryBytes: 1,
      ...change,
    });
  }

  /** Its process ends by itself. */
  crash(): void {
    this.isOver = true;
    this.answer({
      outcome: "failed",
      payload: Buffer.from('{"errorType":"Runtime.ExitError","errorMessage":"exit 1"}'),
    });
    for (const listener of this.#listeners) listener();
  }

  onOver(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async memoryBytes(): Promise<number> {
    return 0;
  }

  async end(): Promise<void> {
    const fault = this.endFaults.shift();
    if (fault) throw fault;
    this.hasEnded = true;
    if (!this.isOver) this.crash();
  }
}

interface PlayedStart {
  readonly plan: FunctionPlan;
  settle(start: EnvironmentStart): void;
  fail(error: Error): void;
}

/** A runner of which the test decides when a start is done, unless it is told to start everything at once. */
export class PlayedRunner implements FunctionRunner {
  /** Why it takes no function of this handler. */
  readonly troubles = new Map<string, string>();
  /** The digests that it was last told to keep. */
  kept: ReadonlySet<string> = new Set();
  readonly environments: PlayedEnvironment[] = [];
  readonly starts: PlayedStart[] = [];
  startsAtOnce = true;

  async start(plan: FunctionPlan): Promise<EnvironmentStart> {
    if (this.startsAtOnce) return this.ready(plan);
    return new Promise((resolve, reject) => {
      this.starts.push({ plan, settle: resolve, fail: reject });
    });
  }

  ready(plan: FunctionPlan): EnvironmentStart {
    const environment = new PlayedEnvironment(`e-${this.environments.length + 1}`, plan);
    this.environments.push(environment);
    return { outcome: "ready", environment, initMilliseconds: 1 };
  }

  /** The start that has waited for the longest is done. */
  startNext(): PlayedEnvironment {
    const start = this.starts.shift();
    if (!start) throw new Error("nothing is being started");
    start.settle(this.ready(start.plan));
    return this.environments.at(-1)!;
  }

  async troubleWith({ handler }: Pick<FunctionPlan, "handler">): Promise<PlanTrouble> {
    return this.troubles.get(handler);
  }

  async keepOnly(codeSha256s: ReadonlySet<string>): Promise<void> {
    this.kept = codeSha256s;
  }

  async close(): Promise<void> {}

  get living(): readonly PlayedEnvironment[] {
    return this.environments.filter(({ hasEnded }) => !hasEnded);
  }
}
