import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Logger } from "pino";
import { withinPatience } from "../loops/patience.ts";
import { deafnessMessage, type Hearing, PROBE_INTERVAL_MILLISECONDS, PROBE_TIMEOUT_MILLISECONDS } from "./hearing.ts";
import type { ListenDrops } from "./listen-drops.ts";

export interface HearingProbeParts {
  readonly hearing: Hearing;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** One heartbeat of the server's own through one listener; rejects when it is not answered in time. */
  readonly beat: (url: string) => Promise<void>;
  readonly drops: Pick<ListenDrops, "newDrops">;
  /** Tells the other servers on the database that this one hears, and asks whether they do: why not, or null. */
  readonly askPeers: () => Promise<string | null>;
  /** Why this server refuses hosts that it should hear, or null. */
  readonly refusesHosts: () => string | null;
  readonly log: Pick<Logger, "warn" | "info">;
}

/**
 * Sends the server heartbeats of its own, every second through every listener, the way in that hosts have: a new connection, TLS, the
 * signature, the queue of calls, the store. What comes of them is what {@link Hearing} knows.
 */
export class HearingProbe {
  readonly #parts: HearingProbeParts;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isTold = false;
  #closed = false;

  constructor(parts: HearingProbeParts) {
    this.#parts = parts;
  }

  start(urls: readonly string[]): void {
    this.#beating = this.#round(urls).finally(() => {
      this.#tell();
      const elapsed = this.#parts.now() - this.#roundBeganAt;
      // A clock that is set meanwhile must not make this wait for hours.
      const pause = Math.min(Math.max(PROBE_INTERVAL_MILLISECONDS - elapsed, 0), PROBE_INTERVAL_MILLISECONDS);
      if (!this.#closed) this.#timer = setTimeout(() => this.start(urls), pause).unref();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#beating;
  }

  #roundBeganAt = 0;

  async #round(urls: readonly string[]): Promise<void> {
    const { hearing, now, beat, drops, askPeers, refusesHosts } = this.#parts;
    const startedAt = now();
    this.#roundBeganAt = startedAt;
    try {
      await Promise.all(urls.map(beat));
      const answeredAt = now();
      const dropped = drops.newDrops();
      if (dropped > 0) hearing.doubted(`${dropped} connections were dropped because too many came at once`);
      const doubt = await withinPatience(askPeers(), PROBE_TIMEOUT_MILLISECONDS);
      if (doubt !== null) hearing.doubted(doubt);
      const refusal = refusesHosts();
      if (refusal !== null) hearing.doubted(refusal);
      hearing.answered(startedAt, answeredAt);
    } catch (error) {
      hearing.failed(reasonOf(error));
    }
  }

  /** Once when it lasts, and once when it is over. */
  #tell(): void {
    const { hearing, now, log } = this.#parts;
    const deafness = hearing.deafness(now());
    if ((deafness !== null) === this.#isTold || this.#closed) return;
    this.#isTold = deafness !== null;
    if (deafness === null) log.info("the server receives heartbeats from its hosts again");
    else log.warn(deafnessMessage(deafness));
  }
}
