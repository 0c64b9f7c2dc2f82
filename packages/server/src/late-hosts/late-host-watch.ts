import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import { sparseErrors } from "../loops/sparse-errors.ts";
import type { Timers } from "../loops/timers.ts";
import { groupsThatDeployToLateHosts } from "../store/group-settings.ts";
import { deployToLateHosts, type LateHostsParts } from "./deploy-to-late-hosts.ts";

/** Between a reason to look and the look: hosts that arrive together share a deployment. */
export const LATE_HOSTS_GATHER_MILLISECONDS = 1_000;
/** Between looks without a reason: for new tags, and for what another server or a death has left. */
export const LATE_HOSTS_SCAN_MILLISECONDS = 15_000;
/** Longer than an idle host's agents let pass between two signs of life: who is heard after it was away. */
const AWAY_MILLISECONDS = 30_000;
/** How long the fleet may take to name a group's hosts. */
const MATCH_HOSTS_TIMEOUT_MILLISECONDS = 30_000;

export interface LateHostWatchDependencies extends Omit<LateHostsParts, "now"> {
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/**
 * Looks for hosts that the revision of their group went past, and has it deployed to them. It looks at the state of things and not at
 * what happened, so a reason that was lost costs time and nothing else. One small query where no group wants it.
 */
export class LateHostWatch {
  readonly #dependencies: LateHostWatchDependencies;
  /** When each host was heard last. */
  readonly #heardAt = new Map<string, number>();
  /** It looks so often that each error must not be one in the log. */
  readonly #onError: (error: unknown) => void;
  readonly #loop: PacedLoop;
  #state: "new" | "started" | "closed" = "new";

  constructor(dependencies: LateHostWatchDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#onError = sparseErrors(onError, timers.now);
    this.#loop = new PacedLoop({
      timers,
      onError: this.#onError,
      gatherMilliseconds: LATE_HOSTS_GATHER_MILLISECONDS,
      turn: () => this.#turn(),
    });
  }

  start(): void {
    if (this.#state !== "new") return;
    this.#state = "started";
    this.#loop.wake();
  }

  /** There is a reason to look: a deployment ended, a setting changed. */
  wake(): void {
    if (this.#state === "started") this.#loop.wake();
  }

  /** The host polled or sent a heartbeat. */
  heard(hostId: string): void {
    const now = this.#dependencies.timers.now();
    const before = this.#heardAt.get(hostId);
    this.#heardAt.set(hostId, now);
    if (before === undefined || now - before > AWAY_MILLISECONDS) this.wake();
  }

  /** The host said goodbye or was removed: its next word is an arrival. */
  left(hostId: string): void {
    this.#heardAt.delete(hostId);
  }

  async close(): Promise<void> {
    this.#state = "closed";
    await this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    await this.#lookAtGroups().catch(this.#onError);
    return sleepFor(LATE_HOSTS_SCAN_MILLISECONDS);
  }

  /** Whoever was away for so long is an arrival, remembered or not. */
  #forgetAway(): void {
    const before = this.#dependencies.timers.now() - AWAY_MILLISECONDS;
    for (const [hostId, at] of this.#heardAt) if (at < before) this.#heardAt.delete(hostId);
  }

  async #lookAtGroups(): Promise<void> {
    this.#forgetAway();
    const { timers, onError: _, ...parts } = this.#dependencies;
    for (const group of await groupsThatDeployToLateHosts(parts.store, this.#onError)) {
      if (this.#state !== "started") return;
      const signal = AbortSignal.timeout(MATCH_HOSTS_TIMEOUT_MILLISECONDS);
      // A group whose fleet cannot be read must not keep the others waiting.
      await deployToLateHosts(group, { ...parts, now: timers.now }, signal).catch(this.#onError);
    }
  }
}
