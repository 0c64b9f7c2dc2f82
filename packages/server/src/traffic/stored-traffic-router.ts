import type { DesiredTraffic } from "@sluice/drivers/haproxy/desired-traffic.ts";
import type { HaproxyRouter, ReappliedTraffic } from "@sluice/drivers/haproxy/haproxy-router.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Store } from "../store/open-store.ts";
import { groupOf, readDesiredTraffic, saveDesiredTraffic } from "./desired-traffic-rows.ts";

/**
 * A router whose wishes are in the database before anybody hears of them, so that they outlive this process and are known to every
 * other server on the database. Before each call the newest wish is read: a server that has slept does not undo what another one did.
 */
export class StoredTrafficRouter implements TrafficRouter {
  readonly #router: HaproxyRouter;
  readonly #store: Store;
  /** What the database has, as far as this process knows. Entries are never changed, only replaced. */
  readonly #saved = new Map<string, DesiredTraffic>();
  /** Calls under way, by host: their wishes may not be stored yet. */
  readonly #busy = new Map<string, number>();

  constructor(router: HaproxyRouter, store: Store) {
    this.#router = router;
    this.#store = store;
  }

  block(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#keeping(host.hostId, () => this.#router.block(host, signal));
  }

  allow(host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> {
    return this.#keeping(host.hostId, () => this.#router.allow(host, signal));
  }

  observe(host: RoutedHost, signal: AbortSignal): Promise<readonly HostTraffic[]> {
    return this.#router.observe(host, signal);
  }

  /** Tells restarted balancers what they have forgotten of the groups that are this router's. Cheap while none was restarted. */
  async reconcile(isOurs: (group: string) => boolean, signal: AbortSignal): Promise<readonly ReappliedTraffic[]> {
    if (!(await this.#router.isBehind(signal))) return [];
    const stored = (await readDesiredTraffic(this.#store.db)).filter((entry) => isOurs(groupOf(entry)));
    this.#forgetMissing(stored);
    this.#remember(stored);
    try {
      const told = await this.#router.reconcile(stored, signal);
      await this.#adoptNewer(new Set(told.map(({ hostId }) => hostId)));
      return told;
    } finally {
      await this.#save((hostId) => !this.#busy.has(hostId));
    }
  }

  /**
   * While a balancer was told an old wish, another server may have told it a newer one, and nobody knows which came last: so the newer
   * one is taken for told nowhere, and is told in the next round.
   */
  async #adoptNewer(hostIds: ReadonlySet<string>): Promise<void> {
    for (const hostId of hostIds) {
      const stored = await readDesiredTraffic(this.#store.db, hostId);
      this.#router.adopt(stored.map((entry) => ({ ...entry, appliedIn: {} })));
    }
  }

  async #keeping(hostId: string, act: () => Promise<PortOutcome>): Promise<PortOutcome> {
    const others = this.#busy.get(hostId) ?? 0;
    this.#busy.set(hostId, others + 1);
    try {
      const stored = await readDesiredTraffic(this.#store.db, hostId);
      if (stored.length === 0 && others === 0) this.#forget(hostId);
      this.#remember(stored);
      this.#router.adopt(stored);
      return await act();
    } finally {
      try {
        // Whatever the outcome: a block that failed halfway has put servers into a drain.
        await this.#save((candidate) => candidate === hostId);
      } finally {
        this.#leave(hostId);
      }
    }
  }

  #leave(hostId: string): void {
    const left = (this.#busy.get(hostId) ?? 1) - 1;
    if (left === 0) this.#busy.delete(hostId);
    else this.#busy.set(hostId, left);
  }

  /** Hosts that were removed have no entry in the database any more. */
  #forgetMissing(stored: readonly DesiredTraffic[]): void {
    const known = new Set(stored.map(({ host }) => host.hostId));
    for (const { host } of this.#router.desiredState()) {
      if (!known.has(host.hostId) && !this.#busy.has(host.hostId)) this.#forget(host.hostId);
    }
  }

  #forget(hostId: string): void {
    this.#router.forget(hostId);
    for (const [key, { host }] of this.#saved) if (host.hostId === hostId) this.#saved.delete(key);
  }

  #remember(stored: readonly DesiredTraffic[]): void {
    for (const entry of stored) this.#saved.set(keyOf(entry), entry);
  }

  async #save(isMeant: (hostId: string) => boolean): Promise<void> {
    const changed = this.#router
      .desiredState()
      .filter((entry) => isMeant(entry.host.hostId) && !isSame(this.#saved.get(keyOf(entry)), entry));
    if (changed.length === 0) return;
    await this.#store.write((transaction) => saveDesiredTraffic(transaction, changed));
    this.#remember(changed);
  }
}

function keyOf(entry: DesiredTraffic): string {
  return JSON.stringify([entry.host.hostId, groupOf(entry)]);
}

function isSame(one: DesiredTraffic | undefined, other: DesiredTraffic): boolean {
  return one === other || (one !== undefined && JSON.stringify(one) === JSON.stringify(other));
}
