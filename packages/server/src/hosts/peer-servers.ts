/** A server that has said nothing for so long does not hear its hosts: it says something every second. */
export const PEER_LATE_MILLISECONDS = 2_500;
/** After so long it is gone, and its hosts have found another server or are silent. */
export const PEER_GONE_MILLISECONDS = 60_000;
/** After so long its row is removed; a server that stood still for that time writes it anew. */
export const PEER_FORGOTTEN_MILLISECONDS = 600_000;

interface Peer {
  beats: number;
  changedAt: number;
  /** It was seen to count on. A row that a dead server left is not. */
  isLive: boolean;
}

/**
 * The other servers on the same database. Each counts on as long as it hears, and none looks at another's clock. A host speaks to one of
 * them, and which is not known: while one does not hear, nobody's silence counts anywhere.
 */
export class PeerServers {
  readonly #peers = new Map<string, Peer>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param counts of the other servers, by their names
   * @param askedAt before they were read: an answer that comes after a later one's says nothing new
   * @returns why the hearing of all is in doubt, or null
   */
  look(counts: ReadonlyMap<string, number>, askedAt: number): string | null {
    // The clock may have been set back by more than an answer takes.
    if (askedAt < this.#lookedAt && this.#lookedAt - askedAt < PEER_GONE_MILLISECONDS) return null;
    this.#lookedAt = askedAt;
    const now = askedAt;
    let doubt: string | null = null;
    for (const [name, beats] of counts) {
      const peer = this.#peers.get(name);
      if (peer === undefined) this.#peers.set(name, { beats, changedAt: now, isLive: false });
      else if (peer.beats !== beats) Object.assign(peer, { beats, changedAt: now, isLive: true });
      else if (now - peer.changedAt > PEER_GONE_MILLISECONDS) peer.isLive = false;
      else if (peer.isLive && now - peer.changedAt > PEER_LATE_MILLISECONDS) {
        doubt = `another server on this database, ${name}, has not said for ${Math.round((now - peer.changedAt) / 1000)} s that it hears`;
      }
    }
    // A server that stops in order takes its row away.
    for (const name of this.#peers.keys()) if (!counts.has(name)) this.#peers.delete(name);
    return doubt;
  }

  /** Servers that died long ago without taking their rows away, and the counts that they left. */
  forgotten(now: number): ReadonlyMap<string, number> {
    const old = [...this.#peers].filter(([, { changedAt }]) => now - changedAt > PEER_FORGOTTEN_MILLISECONDS);
    return new Map(old.map(([name, { beats }]) => [name, beats]));
  }

  get hasLive(): boolean {
    return [...this.#peers.values()].some(({ isLive }) => isLive);
  }
}
