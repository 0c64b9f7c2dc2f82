import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";

/** What really happened on the hosts, whatever anyone says of it. */
export class Ledger {
  readonly #succeeded = new Set<string>();
  readonly #onBegan: (hostId: string, deploymentId: string, event: LifecycleEventName) => void;
  /** Hosts that say what is not so. */
  readonly liars = new Set<string>();

  /** `onBegan`: an honest host begins an event, rightly or not. */
  constructor(onBegan: (hostId: string, deploymentId: string, event: LifecycleEventName) => void) {
    this.#onBegan = onBegan;
  }

  began(hostId: string, deploymentId: string, event: LifecycleEventName): void {
    this.#onBegan(hostId, deploymentId, event);
  }

  succeeded(hostId: string, deploymentId: string, event: LifecycleEventName): void {
    this.#succeeded.add(`${hostId}/${deploymentId}/${event}`);
  }

  hasSucceeded(hostId: string, deploymentId: string, event: LifecycleEventName): boolean {
    return this.#succeeded.has(`${hostId}/${deploymentId}/${event}`);
  }
}
