import type { ContainerEngine } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { pause } from "../loops/pause.ts";
import type { Timers } from "../loops/timers.ts";
import type { EngineView } from "./engine-view.ts";
import type { ContainerAction } from "./plan-task.ts";

/** Starts that the engine is asked for at the same time. */
const STARTS_AT_ONCE = 16;
/** After an answer that did not come: the engine is away, and this is no fault of the container. */
const FIRST_RETRY_MILLISECONDS = 250;
const LONGEST_RETRY_MILLISECONDS = 10_000;

export interface ContainerWorkDependencies {
  readonly engine: Pick<ContainerEngine, "start" | "stop" | "remove">;
  readonly view: Pick<EngineView, "look">;
  readonly timers: Timers;
  /** Something of the task is to be planned anew. */
  readonly onDone: (taskId: string) => void;
  /** The engine refuses to stop or to remove a container. */
  readonly onRefused: (action: ContainerAction, reason: string) => void;
}

interface Job {
  readonly taskId: string;
  readonly action: ContainerAction;
  readonly stop: AbortController;
}

/**
 * Tells the engine what was planned, each thing once at a time, until it has answered and the answer can be seen. The same action may be
 * given again and again.
 */
export class ContainerWork {
  readonly #dependencies: ContainerWorkDependencies;
  readonly #jobs = new Map<string, Job>();
  readonly #running = new Set<Promise<void>>();
  readonly #failures = new Map<string, Map<string, string>>();
  readonly #progress = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #isClosed = false;

  constructor(dependencies: ContainerWorkDependencies) {
    this.#dependencies = dependencies;
  }

  /** The task's containers that the engine was told to start, without an answer that can be seen yet. */
  starting(taskId: string): ReadonlySet<string> {
    const names = [...this.#jobs.values()].flatMap(({ action }) =>
      action.kind === "start" && action.plan.taskId === taskId ? [action.plan.containerName] : [],
    );
    return new Set(names);
  }

  /** Why containers of the task did not start, by their names. */
  failures(taskId: string): ReadonlyMap<string, string> {
    return this.#failures.get(taskId) ?? new Map();
  }

  /** How far its starts are; empty: nothing is known. */
  progress(taskId: string): string {
    return this.#progress.get(taskId) ?? "";
  }

  do(action: ContainerAction): void {
    const key = keyOf(action);
    if (this.#isClosed || this.#jobs.has(key)) return;
    const job = { taskId: taskOf(action), action, stop: new AbortController() };
    this.#jobs.set(key, job);
    const running = this.#work(job).finally(() => {
      this.#running.delete(running);
      this.#jobs.delete(key);
      if (!this.#isClosed) this.#dependencies.onDone(job.taskId);
    });
    this.#running.add(running);
  }

  /** The task is to stop: what of it was not started yet is not waited for. */
  giveUpStarts(taskId: string): void {
    for (const job of this.#jobs.values()) {
      if (job.taskId === taskId && job.action.kind === "start") job.stop.abort(new Error("the task is to stop"));
    }
  }

  /** The task has stopped, and its end is written down. */
  forget(taskId: string): void {
    this.#failures.delete(taskId);
    this.#progress.delete(taskId);
  }

  /** What the engine was told goes on there; nothing is told any more when it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { stop } of this.#jobs.values()) stop.abort(new Error("the server stops"));
    await Promise.all(this.#running);
  }

  async #work(job: Job): Promise<void> {
    const { action, taskId } = job;
    const outcome = await this.#untilAnswered(job);
    this.#progress.delete(taskId);
    if (outcome?.outcome === "failed") {
      if (action.kind !== "start") return this.#refused(job, action, outcome.reason);
      const failures = this.#failures.get(taskId) ?? new Map();
      this.#failures.set(taskId, failures.set(action.plan.containerName, outcome.reason));
    }
    // Until it can be seen, the same would be planned again.
    await this.#dependencies.view.look();
  }

  /** It will be planned again, but not at once. */
  #refused({ stop }: Job, action: ContainerAction, reason: string): Promise<void> {
    this.#dependencies.onRefused(action, reason);
    return pause(this.#dependencies.timers, LONGEST_RETRY_MILLISECONDS, stop.signal);
  }

  /** Undefined: it was given up. */
  async #untilAnswered({ action, taskId, stop: { signal } }: Job): Promise<PortOutcome | undefined> {
    let retryMilliseconds = FIRST_RETRY_MILLISECONDS;
    while (!signal.aborted) {
      let wait: number;
      try {
        const outcome = await this.#ask(action, signal);
        if (outcome.outcome !== "pending") return outcome;
        if (action.kind === "start") this.#progress.set(taskId, outcome.detail);
        wait = outcome.retryAfterMilliseconds;
        retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      } catch {
        // The view finds out whether the engine is away, tells it, and waits for it.
        await this.#looked(signal);
        wait = retryMilliseconds;
        retryMilliseconds = Math.min(retryMilliseconds * 2, LONGEST_RETRY_MILLISECONDS);
      }
      await pause(this.#dependencies.timers, wait, signal);
    }
    return undefined;
  }

  #looked(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    else void this.#dependencies.view.look().then(end);
    return promise;
  }

  async #ask(action: ContainerAction, signal: AbortSignal): Promise<PortOutcome> {
    const { engine } = this.#dependencies;
    if (action.kind !== "start") return engine[action.kind](action.containerId, signal);
    await this.#beginStart(signal);
    try {
      return await engine.start(action.plan, signal);
    } finally {
      // Whoever waits takes this one's place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#starting -= 1;
    }
  }

  /** Takes one of the places, or throws the signal's reason. */
  async #beginStart(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#starting < STARTS_AT_ONCE) {
      this.#starting += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(begin), 1);
      reject(signal.reason);
    };
    const begin = () => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push(begin);
    return promise;
  }
}

function keyOf(action: ContainerAction): string {
  return action.kind === "start"
    ? `start ${action.plan.taskId}/${action.plan.containerName}`
    : `${action.kind} ${action.containerId}`;
}

function taskOf(action: ContainerAction): string {
  return action.kind === "start" ? action.plan.taskId : action.taskId;
}
