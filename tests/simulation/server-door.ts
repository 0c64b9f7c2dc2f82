import type { Outages } from "./outages.ts";
import type { Random } from "./random.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/** `deaf`: nothing arrives. `slow`: everything arrives late. `overrun`: some connections are dropped, the server's own or a host's. */
export type DoorState = "open" | "deaf" | "slow" | "overrun";

/** Beyond the agents' patience, so that a slow server may hear nobody in time; and below it. */
const SLOW_MILLISECONDS = [500, 2_500, 6_000] as const;
const LASTS_MILLISECONDS = [1_000, 5_000, 20_000, 60_000] as const;
const OVERRUN_DROPS = 0.7;

/**
 * The way into the server: its listener, its queue, its process. Hosts and the server's own heartbeats come in by it alike; what happens on the
 * network before it is none of its doing, and none of what a heartbeat of the server's own can see.
 */
export class ServerDoor {
  /** Connections dropped at a full queue, as the kernel counts them. */
  drops = 0;
  readonly #time: SimulatedTime;
  readonly #random: Random;
  readonly #outages: Outages;
  #state: DoorState = "open";
  #delay = 0;
  /** When the last of those who wait comes in: nobody overtakes them in the listener's queue. */
  #lastInAt = Number.NEGATIVE_INFINITY;
  readonly #troubles: { readonly from: number; until: number }[] = [];

  constructor(time: SimulatedTime, random: Random, outages: Outages) {
    this.#time = time;
    this.#random = random;
    this.#outages = outages;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Whether whoever comes is in at once. */
  get isClear(): boolean {
    return this.isOpen && this.#lastInAt <= this.#time.now();
  }

  /** @returns how long it usually lasts */
  trouble(state: Exclude<DoorState, "open">): number {
    this.#state = state;
    if (state === "deaf") this.#outages.begin();
    this.#troubles.push({ from: this.#time.now(), until: Number.POSITIVE_INFINITY });
    this.#delay = this.#random.pick(SLOW_MILLISECONDS);
    return this.#random.pick(LASTS_MILLISECONDS);
  }

  open(): void {
    if (this.isOpen) return;
    if (this.#state === "deaf") this.#outages.end();
    this.#state = "open";
    const last = this.#troubles.at(-1);
    if (last) last.until = this.#time.now();
  }

  /** How much of the time since then it was in trouble, with `afterEach` for what each trouble leaves behind. */
  troubledMilliseconds(since: number, afterEach: number): number {
    const now = this.#time.now();
    return this.#troubles
      .map(({ from, until }) => Math.min(now, until + afterEach) - Math.max(since, from))
      .reduce((sum, milliseconds) => sum + Math.max(0, milliseconds), 0);
  }

  /** Lets somebody in, now or later, or never. */
  enter(action: () => void): void {
    switch (this.#state) {
      case "open":
        this.#admit(0, action);
        return;
      case "deaf":
        return;
      case "slow":
        this.#admit(this.#delay, action);
        return;
      case "overrun":
        if (this.#random.chance(OVERRUN_DROPS)) this.drops++;
        else this.#admit(0, action);
        return;
      default:
        this.#state satisfies never;
    }
  }
  #admit(delay: number, action: () => void): void {
    const now = this.#time.now();
    this.#lastInAt = Math.max(this.#lastInAt, now + delay);
    if (this.#lastInAt === now) action();
    else this.#time.after(this.#lastInAt - now, action);
  }
}
