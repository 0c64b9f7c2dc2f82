/** Between two calls of a living agent: an answer that takes as long as it may, and the pause after it. */
const AFTER_ANSWER_MILLISECONDS = 9_500;
/** The same where no answer comes: the agent gives up a heartbeat after 4 s, and tries again within 3. What takes longer was late on the network. */
const AFTER_SILENCE_MILLISECONDS = 7_100;

interface Host {
  readonly steadySince: number;
  last: number;
  isHeard: boolean;
}

/** When each host's calls came to the server's door, whether it heard them or not. */
export class Knocks {
  readonly #hosts = new Map<string, Host>();

  knocked(hostId: string, now: number): void {
    const steadySince = this.steadyMilliseconds(hostId, now) > 0 ? this.#hosts.get(hostId)!.steadySince : now;
    this.#hosts.set(hostId, { steadySince, last: now, isHeard: false });
  }

  /** The server has taken its last call. */
  heard(hostId: string): void {
    const host = this.#hosts.get(hostId);
    if (host) host.isHeard = true;
  }

  /** Its agent says goodbye: a server that heard it may call the host silent at once, until the agent is back. */
  left(hostId: string): void {
    this.#hosts.delete(hostId);
  }

  /** For how long the host has reported as it should, up to now; 0: it does not. */
  steadyMilliseconds(hostId: string, now: number): number {
    const host = this.#hosts.get(hostId);
    if (!host) return 0;
    const pause = host.isHeard ? AFTER_ANSWER_MILLISECONDS : AFTER_SILENCE_MILLISECONDS;
    return now - host.last <= pause ? now - host.steadySince : 0;
  }
}
