import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Published by Node in the context of whoever spawns, before the process has its number. */
const CHANNEL = "child_process";

type OnStart = (processId: number) => void;

/**
 * Tells who started which process: everything that `work` starts, directly or after awaiting, is told to `onStart`. So the journal can
 * name a script's process group without `host/` knowing that there is a journal.
 */
export class ScriptWatch {
  readonly #listener = new AsyncLocalStorage<OnStart>();
  readonly #onSpawn = (message: unknown) => {
    const onStart = this.#listener.getStore();
    if (onStart === undefined) return;
    const child = (message as { readonly process: ChildProcess }).process;
    child.once("spawn", () => {
      if (child.pid !== undefined) onStart(child.pid);
    });
  };

  constructor() {
    subscribe(CHANNEL, this.#onSpawn);
  }

  watch<T>(onStart: OnStart, work: () => Promise<T>): Promise<T> {
    return this.#listener.run(onStart, work);
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onSpawn);
  }
}
