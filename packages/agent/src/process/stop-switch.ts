import type { AgentLog } from "./agent-log.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** SIGTERM or SIGINT: the first asks to stop, the second insists. */
export class StopSwitch {
  readonly #controller = new AbortController();
  readonly #requested = Promise.withResolvers<void>();
  readonly #forced = Promise.withResolvers<void>();
  readonly #log: AgentLog;
  readonly #onSignal = (name: NodeJS.Signals) => this.#press(name);

  constructor(log: AgentLog) {
    this.#log = log;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requested(): Promise<void> {
    return this.#requested.promise;
  }

  get forced(): Promise<void> {
    return this.#forced.promise;
  }

  listen(stopWhen: AbortSignal | undefined): void {
    for (const name of STOP_SIGNALS) process.on(name, this.#onSignal);
    if (stopWhen?.aborted) this.#press("the caller");
    stopWhen?.addEventListener("abort", () => this.#press("the caller"), { once: true });
  }

  /** The agent itself has a reason to stop. */
  ask(reason: string): void {
    if (!this.#controller.signal.aborted) this.#press(reason);
  }

  close(): void {
    for (const name of STOP_SIGNALS) process.off(name, this.#onSignal);
  }

  #press(name: string): void {
    if (this.#controller.signal.aborted) {
      this.#log.warn(`second ${name}: stopping at once`);
      this.#forced.resolve();
      return;
    }
    this.#log.info(`${name}: stopping`);
    this.#controller.abort();
    this.#requested.resolve();
  }
}
