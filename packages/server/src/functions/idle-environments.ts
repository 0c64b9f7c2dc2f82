import type { FunctionEnvironment } from "@sluice/engine/ports/function-runner.ts";

/** An environment, and the version that it has loaded. */
export interface LiveEnvironment {
  readonly environment: FunctionEnvironment;
  /** Whose environment it is, as `RoutedVersion.name` and `RoutedVersion.key`. */
  readonly name: string;
  readonly key: string;
  readonly codeSha256: string;
  /** As which it runs; null: as Sluice does. */
  readonly uid: number | null;
}

/**
 * Environments that wait for work. The one that was used last works first: those that are not needed grow old, and nothing of them has to be
 * found to end the oldest.
 */
export class IdleEnvironments {
  readonly #byKey = new Map<string, LiveEnvironment[]>();
  /** Since when each waits, the oldest first. */
  readonly #since = new Map<LiveEnvironment, number>();

  get size(): number {
    return this.#since.size;
  }

  all(): Iterable<LiveEnvironment> {
    return this.#since.keys();
  }

  add(live: LiveEnvironment, now: number): void {
    const alike = this.#byKey.get(live.key);
    if (alike) alike.push(live);
    else this.#byKey.set(live.key, [live]);
    this.#since.set(live, now);
  }

  takeNewest(key: string): LiveEnvironment | undefined {
    const alike = this.#byKey.get(key);
    const live = alike?.pop();
    if (!live) return undefined;
    if (alike?.length === 0) this.#byKey.delete(key);
    this.#since.delete(live);
    return live;
  }

  takeOldest(): LiveEnvironment | undefined {
    const [oldest] = this.#since.keys();
    if (oldest) this.remove(oldest);
    return oldest;
  }

  /** Since when the oldest waits; undefined: there is none. */
  oldestSince(): number | undefined {
    const [since] = this.#since.values();
    return since;
  }

  /** Those of a version that are not of this key. */
  takeOthers(name: string, key: string | undefined): readonly LiveEnvironment[] {
    const others = [...this.#since.keys()].filter((live) => live.name === name && live.key !== key);
    for (const live of others) this.remove(live);
    return others;
  }

  remove(live: LiveEnvironment): void {
    if (!this.#since.delete(live)) return;
    const alike = this.#byKey.get(live.key)?.filter((other) => other !== live) ?? [];
    if (alike.length > 0) this.#byKey.set(live.key, alike);
    else this.#byKey.delete(live.key);
  }
}
