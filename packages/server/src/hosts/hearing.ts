import type { HeardTime, TimeSpan } from "@sluice/engine/heard-time.ts";

/** Between two probes. A host is told as silent at most about two of these later than its grace says. */
export const PROBE_INTERVAL_MILLISECONDS = 1_000;
/** A probe that takes longer proves nothing. Well below the shortest grace: what comes in later than this does not come in time. */
export const PROBE_TIMEOUT_MILLISECONDS = 3_000;
/** Between the starts of two probes that prove the time between them. More of it: the clock was set, or this process stood still. */
export const MAX_PROVEN_SPAN_MILLISECONDS = PROBE_INTERVAL_MILLISECONDS + PROBE_TIMEOUT_MILLISECONDS;
/** The latest proof of a server that hears is at most so old: while it comes as late as it may, the one before ends so long ago. */
const LATEST_PROOF_MILLISECONDS = MAX_PROVEN_SPAN_MILLISECONDS + PROBE_TIMEOUT_MILLISECONDS;
/** Without proof for so long, people are told. A restart of the database or a fleet that connects at once takes less. */
export const DEAF_TOLD_AFTER_MILLISECONDS = 10_000;
/**
 * What a host is owed before it is called silent: that the server hears, and has heard for this part of its grace without a gap, in which an
 * agent that lives speaks at least once. It may have spoken all through the gap before that, whatever it did before the gap.
 */
const STRETCH_OF_GRACE = 2 / 3;
/** Where there never is such a stretch, so many times the grace is enough: else a server that flaps would hide a dead host for ever. */
const GRACES_WITHOUT_STRETCH = 4;
/**
 * Stretches of proven time that are remembered. A server without trouble has one; one with a gap every other second fills them in three hours,
 * and what it forgets puts deadlines off.
 */
const MAX_STRETCHES = 5_000;

/** Since when nothing is proven (epoch milliseconds), and why. */
export interface Deafness {
  readonly since: number;
  readonly reason: string;
}

/**
 * How much of the time this server proved that it could hear its hosts. Facts come in order: probes that were answered or not, and
 * evidence that calls of hosts were lost although a probe got through. Only the time between the starts of two answered probes is
 * proven; everything else is a gap, which stops the clock of every host's silence and does not set it back.
 *
 * Pure: it knows no clock but the times that it is told (epoch milliseconds).
 */
export class Hearing {
  /** Ascending, and apart from each other. */
  #proven: TimeSpan[] = [];
  /** The start of the latest answered probe, from which the next one proves. */
  #answeredAt: number | null = null;
  /** Why the time since then is not proven, whatever the next probe says. */
  #doubt: string | null = null;
  /** A probe failed since the last one that was answered. */
  #isDeaf = false;
  #beganAt: number;
  #gapMilliseconds = 0;

  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  /** Begins anew: the server is reachable only now, or its clock was set back. */
  begin(at: number): void {
    this.#proven = [];
    this.#answeredAt = null;
    this.#doubt = null;
    this.#isDeaf = false;
    this.#beganAt = at;
  }

  /** A probe that began at `startedAt` came through every listener, and its answer was there at `answeredAt`. */
  answered(startedAt: number, answeredAt: number): void {
    if (answeredAt - startedAt > PROBE_TIMEOUT_MILLISECONDS) {
      this.failed(`a heartbeat of the server's own took ${seconds(answeredAt - startedAt)}`);
      return;
    }
    const from = this.#answeredAt ?? this.#beganAt;
    const isWhole = this.#answeredAt !== null && startedAt - from <= MAX_PROVEN_SPAN_MILLISECONDS;
    if (isWhole && this.#doubt === null && startedAt > from) this.#prove({ from, until: startedAt });
    else this.#gapMilliseconds += Math.max(0, startedAt - from);
    this.#answeredAt = startedAt;
    this.#doubt = null;
    this.#isDeaf = false;
  }

  /** A probe was not answered, was answered too late, or could not be made. */
  failed(reason: string): void {
    this.#isDeaf = true;
    this.#doubt = reason;
  }

  /** Calls of hosts were lost: whatever probes say, the time from the latest answered one to the next is not proven. */
  doubted(reason: string): void {
    this.#doubt ??= reason;
  }

  /** How much of the time between two moments is proven, in milliseconds. */
  heard(from: number, until: number): number {
    return this.#since(from).reduce(
      (sum, span) => sum + Math.max(0, Math.min(until, span.until) - Math.max(from, span.from)),
      0,
    );
  }

  /** All that is proven, as far as it is remembered. */
  heardTime(): HeardTime {
    return [...this.#proven];
  }

  /** Whether all of the time since then is proven, or about to be. */
  isWholeSince(from: number): boolean {
    if (this.#doubt !== null || this.#answeredAt === null) return false;
    return this.#answeredAt <= from || this.heard(from, this.#answeredAt) === this.#answeredAt - from;
  }

  /**
   * From when on the silence of a host counts that was last heard at `lastSign`: with its grace added, never past while less than the
   * grace is proven. It moves forward while nothing is proven.
   */
  silentSince(lastSign: number, graceMilliseconds: number, now: number): number {
    if (now <= lastSign) return lastSign;
    const proven = this.heard(lastSign, now);
    const missing = graceMilliseconds - proven;
    if (missing <= 0) {
      const fairMilliseconds = graceMilliseconds * STRETCH_OF_GRACE;
      if (this.#stretch(lastSign, now) >= fairMilliseconds) return now - proven;
      // A host that such a stretch found silent may be back since, so what the server heard before says nothing of it.
      const sinceStretch = this.heard(this.#endOfStretch(lastSign, fairMilliseconds), now);
      if (sinceStretch >= graceMilliseconds * GRACES_WITHOUT_STRETCH) return now - proven;
      return now + PROBE_INTERVAL_MILLISECONDS - graceMilliseconds;
    }
    // What the next probe is expected to prove. Nobody is dark before it has.
    const expected =
      this.#doubt === null && this.#answeredAt !== null ? Math.max(0, now - Math.max(lastSign, this.#answeredAt)) : 0;
    return now + Math.max(missing - expected, PROBE_INTERVAL_MILLISECONDS) - graceMilliseconds;
  }

  /** Null while the server hears, and during a gap that is too short to tell. */
  deafness(now: number): Deafness | null {
    const since = this.#answeredAt ?? this.#beganAt;
    if (now - since <= DEAF_TOLD_AFTER_MILLISECONDS) return null;
    const reason = this.#doubt ?? "no heartbeat of the server's own was answered";
    return { since, reason };
  }

  /** Of all the time since the beginning, what was not proven, in milliseconds. */
  gapMilliseconds(now: number): number {
    const current = this.#isDeaf || this.#answeredAt === null ? now - (this.#answeredAt ?? this.#beganAt) : 0;
    return this.#gapMilliseconds + Math.max(0, current);
  }

  /** How long the server has heard without a gap, since `from` at most; 0: it does not hear now. */
  #stretch(from: number, now: number): number {
    const last = this.#proven.at(-1);
    if (last === undefined || now - last.until > LATEST_PROOF_MILLISECONDS) return 0;
    return Math.max(0, last.until - Math.max(from, last.from));
  }

  /** When the server last stopped hearing after that long without a gap; without such a stretch, `from`. */
  #endOfStretch(from: number, milliseconds: number): number {
    const long = this.#since(from).findLast((span) => span.until - Math.max(from, span.from) >= milliseconds);
    return long?.until ?? from;
  }

  /** The stretches that end after then: of many, mostly the last few. */
  #since(from: number): readonly TimeSpan[] {
    const before = this.#proven.findLastIndex(({ until }) => until <= from);
    return this.#proven.slice(before + 1);
  }

  #prove(span: TimeSpan): void {
    const last = this.#proven.at(-1);
    if (last?.until === span.from) this.#proven[this.#proven.length - 1] = { from: last.from, until: span.until };
    else this.#proven.push(span);
    if (this.#proven.length > MAX_STRETCHES) this.#proven.shift();
  }
}

/** What a person is told, and what to do about it. */
export function deafnessMessage({ since, reason }: Deafness): string {
  return (
    `The server has received no heartbeats from its hosts since ${new Date(since).toISOString()}: ${withoutStop(reason)}. No host counts as silent in the meantime, and ` +
    "deployments wait. A full disk, a busy processor and a database that does not answer are the usual causes. Run on the server's machine: df -h; uptime"
  );
}

/** A reason may be the sentence of an error. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.+$/, "");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
