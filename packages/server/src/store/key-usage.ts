import { PacedLoop } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import type { Store } from "./open-store.ts";

/** That a key is used is written down so often at most. */
export const KEY_USAGE_MILLISECONDS = 60_000;
/** Keys whose use is remembered until it is written; of more in that time it is not. */
const MAX_REMEMBERED = 10_000;

export interface KeyUse {
  readonly accessKeyId: string;
  /** The address. */
  readonly from: string | undefined;
  /** The signing name. */
  readonly service: string;
}

export interface KeyUsageParts {
  readonly store: Store;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/** When each key of people was used last, from where, and for which service. */
export class KeyUsage {
  readonly #parts: KeyUsageParts;
  readonly #loop: PacedLoop;
  #uses = new Map<string, KeyUse & { readonly at: number }>();

  constructor(parts: KeyUsageParts) {
    this.#parts = parts;
    const pace = { sleepMilliseconds: KEY_USAGE_MILLISECONDS, restMilliseconds: KEY_USAGE_MILLISECONDS };
    const turn = async () => {
      await this.#write();
      return pace;
    };
    this.#loop = new PacedLoop({ ...parts, turn });
  }

  start(): void {
    this.#loop.wake();
  }

  note(use: KeyUse): void {
    if (this.#uses.size >= MAX_REMEMBERED && !this.#uses.has(use.accessKeyId)) return;
    this.#uses.set(use.accessKeyId, { ...use, at: this.#parts.timers.now() });
  }

  /** With a last writing. */
  async close(): Promise<void> {
    await this.#loop.close();
    await this.#write();
  }

  async #write(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = [...this.#uses.values()];
    this.#uses = new Map();
    await this.#parts.store.write(async ({ db }) => {
      for (const { accessKeyId, at, from, service } of uses) {
        await db
          .updateTable("access_keys")
          .set({ last_used_at: at, last_used_from: from ?? null, last_used_service: service })
          .where("access_key_id", "=", accessKeyId)
          .execute();
      }
    });
  }
}
