import type { ShiftAction } from "@sluice/engine/traffic-shift.ts";

/** What a person asked of a shift, and when. Times are epoch milliseconds. */
export interface GateAsk {
  readonly action: ShiftAction;
  readonly askedAt: number;
  /** When the server said that it is so; null: it has not, and may have heard it all the same. */
  takenAt: number | null;
}

/** All that people asked of shifts, whatever became of it. */
export class GateLedger {
  readonly #asks = new Map<string, GateAsk[]>();

  asks(deploymentId: string, action: ShiftAction, askedAt: number): GateAsk {
    const ask: GateAsk = { action, askedAt, takenAt: null };
    this.#asks.set(deploymentId, [...this.of(deploymentId), ask]);
    return ask;
  }

  /** In the order in which they were asked. */
  of(deploymentId: string): readonly GateAsk[] {
    return this.#asks.get(deploymentId) ?? [];
  }
}
