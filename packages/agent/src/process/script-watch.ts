import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { withScriptMarks } from "./script-mark.ts";

/** Published by Node in the context of whoever spawns, before the process has its number. */
const CHANNEL = "child_process";

const MARK_RANDOM_BYTES = 16;

type OnStart = (processId: number) => void;

export interface ScriptListener {
  /** A script is about to start with this mark: by it the script is found when its number could not be kept. */
  onMark(mark: string): void;
  /** It, or a program that the event needs, runs. */
  onStart(processId: number): void;
}

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

  watch<T>({ onMark, onStart }: ScriptListener, work: () => Promise<T>): Promise<T> {
    const nextMark = () => {
      const mark = randomBytes(MARK_RANDOM_BYTES).toString("hex");
      onMark(mark);
      return mark;
    };
    return withScriptMarks(nextMark, () => this.#listener.run(onStart, work));
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onSpawn);
  }
}
