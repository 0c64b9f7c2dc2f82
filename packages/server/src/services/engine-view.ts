import type { ContainerEngine, ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { pause } from "../loops/pause.ts";
import type { Timers } from "../loops/timers.ts";

/** Between two tries to reach an engine that is away. */
const FIRST_AWAY_MILLISECONDS = 250;
const LONGEST_AWAY_MILLISECONDS = 10_000;

export interface EngineViewDependencies {
  readonly engine: Pick<ContainerEngine, "list" | "watch">;
  readonly timers: Timers;
  /** After each look, and after each that failed. */
  readonly onLook: () => void;
}

/**
 * What the engine has, as it was last seen. It looks when the engine says that something changed, and when it is asked to; of those who ask
 * while it looks, all share the look that follows.
 */
export class EngineView {
  readonly #dependencies: EngineViewDependencies;
  readonly #stop = new AbortController();
  #facts: ReadonlyMap<string, readonly ContainerFacts[]> | null = null;
  #trouble: string | null = null;
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #watching = Promise.resolve();

  constructor(dependencies: EngineViewDependencies) {
    this.#dependencies = dependencies;
  }

  /** By task; null: it was never seen. */
  get facts(): ReadonlyMap<string, readonly ContainerFacts[]> | null {
    return this.#facts;
  }

  /** Why the engine cannot be reached; null: it can. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    this.#watching = this.#dependencies.engine.watch(() => void this.look(), this.#stop.signal);
    void this.look();
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the server stops"));
    await this.#watching;
    await this.#next;
    await this.#looking;
  }

  /** Resolves when the view has seen what is so now, or is closed: for as long as the engine is away it is asked again. */
  look(): Promise<void> {
    this.#next ??= this.#lookAfter(this.#looking);
    return this.#next;
  }

  async #lookAfter(before: Promise<void> | undefined): Promise<void> {
    await before;
    this.#looking = this.#next;
    this.#next = undefined;
    for (let wait = FIRST_AWAY_MILLISECONDS; !this.#stop.signal.aborted; ) {
      if (await this.#see()) return;
      await pause(this.#dependencies.timers, wait, this.#stop.signal);
      wait = Math.min(wait * 2, LONGEST_AWAY_MILLISECONDS);
    }
  }

  async #see(): Promise<boolean> {
    try {
      const facts = await this.#dependencies.engine.list(this.#stop.signal);
      this.#facts = Map.groupBy(facts, ({ taskId }) => taskId);
      this.#trouble = null;
    } catch (error) {
      if (this.#stop.signal.aborted) return true;
      this.#trouble = reasonOf(error);
    }
    this.#dependencies.onLook();
    return this.#trouble === null;
  }
}
