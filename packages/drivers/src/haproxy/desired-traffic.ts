import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";

/**
 * What a host was last asked to be in one group. HAProxy forgets commands when it is restarted or reloaded, so this is to be stored
 * (it is plain JSON) and handed to `reconcile`.
 */
export interface DesiredTraffic {
  /** With one group. */
  readonly host: RoutedHost;
  /** `draining` until the block is done. */
  readonly wish: "serving" | "draining" | "blocked";
  /** Counts the wishes of this host and group: of two, the one with the higher number is the newer. */
  readonly revision: number;
  /** The process in which it was brought about last, by socket. Another process there has forgotten it. */
  readonly appliedIn: Readonly<Record<string, string>>;
  /** Since when this wish is waited for, by socket: what outlives a restart of the server. */
  readonly awaitedIn?: Readonly<Record<string, AwaitedIn>> | undefined;
}

/** A wait for a drain or a health check, in one process of a balancer. */
export interface AwaitedIn {
  readonly process: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The wishes of all hosts, one a host and group, the last one counting. */
export class DesiredTrafficTable {
  readonly #entries = new Map<string, DesiredTraffic>();

  list(): readonly DesiredTraffic[] {
    return [...this.#entries.values()];
  }

  /** Takes over what is stored, but nothing of which the same or a newer wish is known here. */
  adopt(stored: readonly DesiredTraffic[]): void {
    for (const entry of stored) {
      const key = keyOf(entry.host.hostId, entry.host.groups[0]!);
      const known = this.#entries.get(key);
      if (known === undefined || known.revision < entry.revision) this.#entries.set(key, entry);
    }
  }

  get(hostId: string, group: string): DesiredTraffic | undefined {
    return this.#entries.get(keyOf(hostId, group));
  }

  /** A new wish is brought about nowhere yet. One that is repeated leaves the entry itself as it is. */
  wish(host: RoutedHost, wish: DesiredTraffic["wish"]): void {
    for (const group of host.groups) {
      const known = this.get(host.hostId, group);
      if (known?.wish === wish && known.host.hostName === host.hostName && known.host.address === host.address)
        continue;
      const revision = (known?.revision ?? 0) + 1;
      const isSame = known !== undefined && (known.wish === "serving") === (wish === "serving");
      const appliedIn = isSame ? known.appliedIn : {};
      this.#entries.set(keyOf(host.hostId, group), { host: { ...host, groups: [group] }, wish, revision, appliedIn });
    }
  }

  applied(hostId: string, group: string, socket: string, process: string): void {
    const known = this.get(hostId, group);
    if (!known || known.appliedIn[socket] === process) return;
    const appliedIn = { ...known.appliedIn, [socket]: process };
    this.#entries.set(keyOf(hostId, group), { ...known, appliedIn });
  }

  awaited(hostId: string, group: string, socket: string, awaited: AwaitedIn): void {
    const known = this.get(hostId, group);
    if (!known) return;
    this.#entries.set(keyOf(hostId, group), { ...known, awaitedIn: { ...known.awaitedIn, [socket]: awaited } });
  }

  forget(hostId: string): void {
    for (const [key, { host }] of this.#entries) if (host.hostId === hostId) this.#entries.delete(key);
  }
}

function keyOf(hostId: string, group: string): string {
  return JSON.stringify([hostId, group]);
}
