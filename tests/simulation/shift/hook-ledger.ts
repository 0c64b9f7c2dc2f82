import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";

/** A run of a hook, and what really became of it. */
export interface HookTruth {
  readonly deploymentId: string;
  readonly event: LifecycleEventName;
  /** What it does not do, it never will: `silent` runs for ever. */
  readonly nature: "answers" | "crashes" | "ends silently" | "silent";
  /** Answers of its own that have come to the server, in the order in which they came, heeded or not. */
  readonly arrived: { readonly succeeded: boolean; readonly at: number }[];
  /** When the server first said that it has taken an answer in; null: it has not. */
  acceptedAt: number | null;
  /** When it was over, answered or not; null: it was not, or it crashed. */
  returnedAt: number | null;
}

/** What hooks really did, whatever anyone says of them. */
export class HookLedger {
  readonly #runs = new Map<string, HookTruth>();

  began(truth: HookTruth): void {
    this.#runs.set(`${truth.deploymentId}/${truth.event}`, truth);
  }

  of(deploymentId: string, event: LifecycleEventName): HookTruth | undefined {
    return this.#runs.get(`${deploymentId}/${event}`);
  }
}
