import {
  type CallEnd,
  type FunctionCall,
  type FunctionEnvironment,
  type FunctionFault,
  type FunctionPlan,
  MAX_LOG_TAIL_BYTES,
} from "@sluice/engine/ports/function-runner.ts";
import {
  answerStreamed,
  answerTooLarge,
  brokenOff,
  ofRequest,
  type ProcessEnd,
  processEnded,
  timedOut,
} from "./function-faults.ts";
import type { InvocationLog } from "./invocation-log.ts";
import type { RuntimeEvent, RuntimeListener, RuntimeResponse } from "./runtime-api.ts";

/** Of the start of an environment, until it asks for work: as Lambda's. */
export const INIT_TIMEOUT_MILLISECONDS = 10_000;
/** A runtime that has answered may take so long until it asks for more, before its answer is handed on without it. */
const SETTLE_MILLISECONDS = 100;

/** The processes of an environment, and what they are held to. */
export interface EnvironmentProcesses {
  memoryBytes(): number;
  peakBytes(): number;
  /** Ends all of them, and removes what was theirs. Idempotent. */
  end(): Promise<void>;
}

export type InitEnd =
  | { readonly outcome: "ready" }
  | { readonly outcome: "failed"; readonly fault: FunctionFault }
  /** Before the function's own code had its turn. */
  | { readonly outcome: "not-started" };

interface OpenCall {
  readonly call: FunctionCall;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly end: (end: CallEnd) => void;
}

type Answer = Pick<CallEnd, "outcome" | "payload"> & { readonly errorType: string };

/** One environment, from its start to its end: what its runtime says comes in here, and what becomes of it goes out. */
export class RunningEnvironment implements FunctionEnvironment, RuntimeListener {
  readonly environmentId: string;
  readonly #plan: FunctionPlan;
  readonly #log: InvocationLog;
  readonly #processes: () => EnvironmentProcesses;
  #init: ((end: InitEnd) => void) | undefined;
  #giveEvent: ((event: RuntimeEvent) => void) | undefined;
  /** For a runtime that has not asked for it yet. */
  #pending: RuntimeEvent | undefined;
  #open: OpenCall | undefined;
  #isAnswered = false;
  /** Whoever waits for the runtime to ask for more, or to end. */
  #settled: (() => void) | undefined;
  #initMilliseconds: number | undefined;
  #isOver = false;
  /** Whoever has it told it to end: what its process says of its end is then no fault of the function's. */
  #isBrokenOff = false;
  readonly #listeners: (() => void)[] = [];

  constructor(environmentId: string, plan: FunctionPlan, log: InvocationLog, processes: () => EnvironmentProcesses) {
    this.environmentId = environmentId;
    this.#plan = plan;
    this.#log = log;
    this.#processes = processes;
  }

  /** Until the runtime asks for work. */
  untilReady(): Promise<InitEnd> {
    return new Promise((resolve) => {
      const startedAt = performance.now();
      const timer = setTimeout(() => {
        this.#log.add(
          `INIT_REPORT Init Duration: ${INIT_TIMEOUT_MILLISECONDS.toFixed(2)} ms\tPhase: init\tStatus: timeout`,
        );
        this.#init?.({ outcome: "failed", fault: timedOut(INIT_TIMEOUT_MILLISECONDS) });
      }, INIT_TIMEOUT_MILLISECONDS);
      this.#init = (end) => {
        clearTimeout(timer);
        this.#init = undefined;
        this.#initMilliseconds = performance.now() - startedAt;
        resolve(end);
      };
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#listeners.push(listener);
  }

  async memoryBytes(): Promise<number> {
    return this.#isOver ? 0 : this.#processes().memoryBytes();
  }

  end(): Promise<void> {
    this.#isBrokenOff = true;
    return this.putDown();
  }

  /** For what its processes have done. */
  async putDown(): Promise<void> {
    this.#becomeOver();
    await this.#processes().end();
  }

  call(call: FunctionCall): Promise<CallEnd> {
    const { requestId, payload, invokedFunctionArn, clientContext } = call;
    const limit = this.#plan.timeoutSeconds * 1000;
    return new Promise((end) => {
      this.#log.restartTail();
      this.#log.add(`START RequestId: ${requestId} Version: ${this.#plan.version}`);
      const timer = setTimeout(() => this.#timeOut(), limit);
      this.#open = { call, startedAt: performance.now(), timer, end };
      if (this.#isOver) {
        this.#endWith(
          this.#isBrokenOff ? brokenOff() : processEnded({ exitCode: null, signal: "SIGKILL", wasOutOfMemory: false }),
        );
        return;
      }
      const event = { requestId, deadline: Date.now() + limit, invokedFunctionArn, clientContext, payload };
      const give = this.#giveEvent;
      this.#giveEvent = undefined;
      if (give) give(event);
      else this.#pending = event;
    });
  }

  onNext(answer: (event: RuntimeEvent) => void): void {
    const pending = this.#pending;
    if (pending) {
      this.#pending = undefined;
      answer(pending);
      return;
    }
    this.#giveEvent = answer;
    this.#init?.({ outcome: "ready" });
    this.#settled?.();
  }

  isOpen(requestId: string): boolean {
    return this.#open?.call.requestId === requestId;
  }

  onResponse(requestId: string, ending: RuntimeResponse): boolean {
    if (!this.isOpen(requestId)) return false;
    if (ending.outcome === "whole") this.#answer({ outcome: "answered", payload: ending.body, errorType: "" });
    else this.#endWith(ending.outcome === "streamed" ? answerStreamed() : answerTooLarge());
    return true;
  }

  onError(requestId: string, errorType: string, body: Buffer): boolean {
    if (!this.isOpen(requestId)) return false;
    this.#answer({ outcome: "failed", payload: faultPayload(errorType, body), errorType });
    return true;
  }

  onInitError(errorType: string, body: Buffer): void {
    const fault = JSON.parse(faultPayload(errorType, body).toString("utf8")) as FunctionFault;
    this.#init?.({ outcome: "failed", fault: { errorType: fault.errorType, errorMessage: fault.errorMessage } });
  }

  /** Its processes are gone. `hadItsTurn`: the function's own code ran. */
  onProcessEnd(end: ProcessEnd, hadItsTurn: boolean): void {
    const fault = this.#isBrokenOff ? brokenOff() : processEnded(end);
    if (this.#init) {
      if (hadItsTurn) {
        this.#log.add(`${fault.errorMessage}\n${fault.errorType}`);
        this.#init({ outcome: "failed", fault });
      } else this.#init({ outcome: "not-started" });
    }
    this.#becomeOver();
    this.#settled?.();
    if (this.#open && !this.#isAnswered) {
      this.#log.add(ofRequest(fault, this.#open.call.requestId).errorMessage);
      this.#endWith(fault);
    }
  }

  #timeOut(): void {
    const open = this.#open;
    if (!open || this.#isAnswered) return;
    const fault = timedOut(this.#plan.timeoutSeconds * 1000);
    this.#log.add(`${new Date().toISOString()} ${open.call.requestId} ${fault.errorMessage}`);
    this.#becomeOver();
    // What it wrote last is in the pipe.
    this.#answer(answerOf(ofRequest(fault, open.call.requestId), fault.errorType));
    void this.#processes().end();
  }

  #endWith(fault: FunctionFault): void {
    const open = this.#open;
    if (open) this.#answer(answerOf(ofRequest(fault, open.call.requestId), fault.errorType));
  }

  #answer(answer: Answer): void {
    const open = this.#open;
    if (!open || this.#isAnswered) return;
    this.#isAnswered = true;
    clearTimeout(open.timer);
    const durationMilliseconds = performance.now() - open.startedAt;
    // What the function wrote before it answered comes by another way, and is read in this turn of the loop; its question for more comes with the
    // answer, or else the process may be about to end, and must take nobody's next call.
    let isDone = false;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      this.#settled = undefined;
      setImmediate(() => this.#finish(open, answer, durationMilliseconds));
    };
    if (this.#giveEvent || this.#isOver) {
      finish();
      return;
    }
    this.#settled = finish;
    const timer = setTimeout(finish, SETTLE_MILLISECONDS);
    const clear = this.#settled;
    this.#settled = () => {
      clearTimeout(timer);
      clear();
    };
  }

  #finish(open: OpenCall, { outcome, payload, errorType }: Answer, durationMilliseconds: number): void {
    const { requestId } = open.call;
    const maxMemoryBytes = this.#processes().peakBytes();
    this.#log.add(`END RequestId: ${requestId}`);
    this.#log.add(this.#report(requestId, durationMilliseconds, maxMemoryBytes, outcome, errorType));
    this.#open = undefined;
    this.#isAnswered = false;
    this.#initMilliseconds = undefined;
    open.end({ outcome, payload, logTail: this.#log.tail(), durationMilliseconds, maxMemoryBytes });
  }

  #report(
    requestId: string,
    durationMilliseconds: number,
    maxMemoryBytes: number,
    outcome: string,
    errorType: string,
  ): string {
    const { memoryMegabytes } = this.#plan;
    const init = this.#initMilliseconds;
    const billed = Math.ceil(durationMilliseconds + (init ?? 0));
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMilliseconds.toFixed(2)} ms`,
      `Billed Duration: ${billed} ms`,
      `Memory Size: ${memoryMegabytes} MB`,
      `Max Memory Used: ${Math.ceil(maxMemoryBytes / 1024 ** 2)} MB`,
      ...(init === undefined ? [] : [`Init Duration: ${init.toFixed(2)} ms`]),
      ...(outcome === "answered" ? [] : errorType === "Sandbox.Timedout" ? ["Status: timeout"] : statusOf(errorType)),
    ];
    return parts.join("\t");
  }

  #becomeOver(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function statusOf(errorType: string): readonly string[] {
  return /^(Runtime|Function|Sandbox)\./.test(errorType) ? ["Status: error", `Error Type: ${errorType}`] : [];
}

function answerOf(fault: FunctionFault, errorType: string): Answer {
  return { outcome: "failed", payload: Buffer.from(JSON.stringify(fault)), errorType };
}

/** What the runtime says of its error where that is an object, or else an object about it. */
function faultPayload(errorType: string, body: Buffer): Buffer {
  try {
    const fault: unknown = JSON.parse(body.toString("utf8"));
    if (fault !== null && typeof fault === "object" && !Array.isArray(fault)) {
      const { errorType: own, errorMessage } = fault as Partial<FunctionFault>;
      if (typeof own === "string" && typeof errorMessage === "string") return body;
      return Buffer.from(JSON.stringify({ errorType: errorType || "Runtime.Unknown", errorMessage: "", ...fault }));
    }
  } catch {
    // It is no JSON.
  }
  const errorMessage = body.toString("utf8").slice(0, MAX_LOG_TAIL_BYTES);
  return Buffer.from(JSON.stringify({ errorType: errorType || "Runtime.Unknown", errorMessage }));
}
