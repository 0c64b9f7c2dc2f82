import type { ClockTrouble } from "./clock-trouble.ts";

/** A replayed call is older at each replay; a clock that is off is off by the same each time. */
const STEADY_SECONDS = 2;
/** Hosts whose clocks are off by the same, but for this: they agree with each other, and not with this server. */
const ALIKE_SECONDS = 30;
/** So many of all that were heard agree, when it is this server's clock that is off: a host among them may be off by itself. */
const NEARLY_ALL = 0.8;
/** Before a clock is told of, so that every host has been heard: whose clock is off, only many can tell. An AWS agent polls for 20 s. */
const TOLD_AFTER_MILLISECONDS = 30_000;
/** The same trouble is logged again after this time; and what was not heard of again for so long is forgotten. */
const TOLD_AGAIN_MILLISECONDS = 3_600_000;
/** Hosts that were heard within this time, and need not correct their clocks, agree with this server's. */
const SOUND_MILLISECONDS = 300_000;
/** How often the old is forgotten. */
const SWEEP_MILLISECONDS = 60_000;

/** Times are epoch milliseconds of this server's clock. */
interface Offset {
  readonly secondsAhead: number;
  readonly since: number;
  readonly at: number;
}

interface Refusal extends Offset {
  readonly isBelieved: boolean;
}

export interface ClockOffsetsOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told once an hour for each host whose clock is off, or for this server's. */
  readonly onOff: (hostId: string, trouble: ClockTrouble) => void;
}

/**
 * Hosts whose clocks are off by more than signatures may be: their calls are refused, or their agent corrects its clock and says so. A
 * refusal counts from the second on, if both were off by the same: whoever sends an old call of the host's again proves nothing of its clock.
 */
export class ClockOffsets {
  readonly #options: ClockOffsetsOptions;
  readonly #refusals = new Map<string, Refusal>();
  readonly #corrections = new Map<string, Offset>();
  /** When each host was heard whose clock needs no correction. */
  readonly #sound = new Map<string, number>();
  /** Kept when the trouble is over: a host whose clock comes and goes must not fill the log. */
  readonly #toldAt = new Map<string, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** Kept until something changes. */
  #around: { readonly offsets: readonly number[]; readonly sound: number } | undefined;

  constructor(options: ClockOffsetsOptions) {
    this.#options = options;
  }

  /** A call was refused whose signature is right but for its time. */
  refused(hostId: string, secondsAhead: number): void {
    this.#around = undefined;
    const at = this.#options.now();
    this.#sweep(at);
    const before = this.#refusals.get(hostId);
    const isSteady = before !== undefined && Math.abs(before.secondsAhead - secondsAhead) <= STEADY_SECONDS;
    // Two calls of one moment, of which one may be the other again, say no more than one.
    const isBelieved = isSteady && (before.isBelieved || at - before.since > STEADY_SECONDS * 1_000);
    this.#refusals.set(hostId, { secondsAhead, since: isSteady ? before.since : at, at, isBelieved });
    if (!isBelieved) return;
    this.#sound.delete(hostId);
    this.#tell(hostId);
  }

  /** A call of the host was taken. */
  heard(hostId: string): void {
    this.#around = undefined;
    const at = this.#options.now();
    this.#refusals.delete(hostId);
    if (!this.#corrections.has(hostId)) this.#sound.set(hostId, at);
    this.#sweep(at);
  }

  /**
   * By how much the host's agent corrects its clock, as its heartbeat says; 0: not at all.
   *
   * @param at when the heartbeat came: one that waited does not count over a newer one
   */
  corrected(hostId: string, secondsAhead: number, at: number): void {
    const known = this.#corrections.get(hostId);
    // What is known of the future was said before this server's clock was set back, and says nothing by the clock that it has now.
    const before = known && known.at <= this.#options.now() ? known : undefined;
    if (before !== undefined && before.at > at) return;
    this.#around = undefined;
    if (secondsAhead === 0) {
      this.#corrections.delete(hostId);
      return;
    }
    this.#sound.delete(hostId);
    this.#corrections.set(hostId, { secondsAhead, since: before?.since ?? at, at });
    this.#tell(hostId);
  }

  /** What is wrong between the host's clock and this server's; undefined: nothing that matters. */
  of(hostId: string): ClockTrouble | undefined {
    const offset = this.#offsetOf(hostId);
    return offset && this.#judge(offset.secondsAhead);
  }

  /** The same, where the host's calls are refused for it: one whose agent corrects its clock is heard all the same. */
  ofRefused(hostId: string): ClockTrouble | undefined {
    return this.#refusals.get(hostId)?.isBelieved ? this.of(hostId) : undefined;
  }

  /** This server's clock, where it is the one that is off. */
  ofServer(): ClockTrouble | undefined {
    const { offsets } = this.#lookAround();
    // Where nearly all agree, the one in the middle is of them.
    const middle = offsets.toSorted((a, b) => a - b)[offsets.length >> 1];
    const trouble = middle === undefined ? undefined : this.#judge(middle);
    return trouble?.whose === "server" ? trouble : undefined;
  }

  /** The same, where it makes this server refuse calls: hosts whose agents correct their clocks are heard all the same. */
  ofDeafServer(): ClockTrouble | undefined {
    const isRefusing = [...this.#refusals.values()].some(({ isBelieved }) => isBelieved);
    return isRefusing ? this.ofServer() : undefined;
  }

  /** Hosts that agree with each other and not with this server are right, where nearly nobody agrees with it. */
  #judge(secondsAhead: number): ClockTrouble {
    const { offsets, sound } = this.#lookAround();
    const alike = offsets.filter((other) => Math.abs(other - secondsAhead) <= ALIKE_SECONDS).length;
    const heard = offsets.length + sound;
    if (alike > 1 && alike >= NEARLY_ALL * heard) return { secondsAhead, whose: "server", hosts: alike };
    return { secondsAhead, whose: sound > 0 ? "host" : "unknown" };
  }

  /** By how much each host is off, and how many are not. A plan asks for each of a thousand hosts. */
  #lookAround(): { readonly offsets: readonly number[]; readonly sound: number } {
    if (this.#around) return this.#around;
    const now = this.#options.now();
    const hostIds = new Set([...this.#refusals.keys(), ...this.#corrections.keys()]);
    const offsets = [...hostIds].flatMap((hostId) => this.#offsetOf(hostId)?.secondsAhead ?? []);
    const sound = [...this.#sound.values()].filter((at) => now - at <= SOUND_MILLISECONDS).length;
    this.#around = { offsets, sound };
    return this.#around;
  }

  #offsetOf(hostId: string): Offset | undefined {
    const refusal = this.#refusals.get(hostId);
    return refusal?.isBelieved ? refusal : this.#corrections.get(hostId);
  }

  #tell(hostId: string): void {
    const { now, onOff } = this.#options;
    const offset = this.#offsetOf(hostId);
    if (offset === undefined || now() - offset.since < TOLD_AFTER_MILLISECONDS) return;
    const trouble = this.#judge(offset.secondsAhead);
    const teller = trouble.whose === "server" ? "" : hostId;
    const toldAt = this.#toldAt.get(teller);
    if (toldAt !== undefined && now() - toldAt < TOLD_AGAIN_MILLISECONDS) return;
    this.#toldAt.set(teller, now());
    onOff(hostId, trouble);
  }

  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < SWEEP_MILLISECONDS) return;
    this.#sweptAt = now;
    const isOld = (at: number) => now - at > TOLD_AGAIN_MILLISECONDS;
    for (const [hostId, { at }] of this.#refusals) if (isOld(at)) this.#refusals.delete(hostId);
    for (const [hostId, { at }] of this.#corrections) if (isOld(at)) this.#corrections.delete(hostId);
    // Those of the future were heard before this server's clock was set back.
    for (const [hostId, at] of this.#sound) if (at > now || now - at > SOUND_MILLISECONDS) this.#sound.delete(hostId);
    for (const [hostId, at] of this.#toldAt) if (isOld(at)) this.#toldAt.delete(hostId);
  }
}
