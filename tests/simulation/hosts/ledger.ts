import { LIFECYCLE_EVENTS, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { RULES, type Rule } from "../violation.ts";

/** Every list of a host's events, in place or blue/green, is a part of this one in its order. */
const EVENT_ORDER: readonly LifecycleEventName[] = LIFECYCLE_EVENTS;

/** What really happened on the hosts, whatever anyone says of it. */
export class Ledger {
  /** In the order in which they began, by host and deployment. */
  readonly #runs = new Map<string, LifecycleEventName[]>();
  readonly #succeeded = new Set<string>();
  readonly #onViolation: (rule: Rule, deploymentId: string, message: string) => void;
  /** Hosts that say what is not so. */
  readonly liars = new Set<string>();

  constructor(onViolation: (rule: Rule, deploymentId: string, message: string) => void) {
    this.#onViolation = onViolation;
  }

  began(hostId: string, deploymentId: string, event: LifecycleEventName): void {
    const key = `${hostId}/${deploymentId}`;
    const runs = this.#runs.get(key) ?? [];
    this.#runs.set(key, runs);
    if (runs.includes(event)) {
      this.#onViolation(RULES.hookOrder, deploymentId, `${event} ran twice on the honest host ${hostId}`);
    }
    const last = runs.at(-1);
    if (last && EVENT_ORDER.indexOf(last) > EVENT_ORDER.indexOf(event)) {
      this.#onViolation(RULES.hookOrder, deploymentId, `${event} ran after ${last} on the honest host ${hostId}`);
    }
    runs.push(event);
  }

  succeeded(hostId: string, deploymentId: string, event: LifecycleEventName): void {
    this.#succeeded.add(`${hostId}/${deploymentId}/${event}`);
  }

  hasSucceeded(hostId: string, deploymentId: string, event: LifecycleEventName): boolean {
    return this.#succeeded.has(`${hostId}/${deploymentId}/${event}`);
  }
}
