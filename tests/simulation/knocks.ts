/** Between two calls of a living agent: an answer that takes as long as it may, and the pause after it. */
const STEADY_MILLISECONDS = 9_500;

/** When each host's calls came to the server's door, whether it heard them or not. */
export class Knocks {
  readonly #hosts = new Map<string, { steadySince: number; last: number }>();

  knocked(hostId: string, now: number): void {
    const host = this.#hosts.get(hostId);
    if (host && now - host.last <= STEADY_MILLISECONDS) host.last = now;
    else this.#hosts.set(hostId, { steadySince: now, last: now });
  }

  /** Its agent says goodbye: a server that heard it may call the host silent at once, until the agent is back. */
  left(hostId: string): void {
    this.#hosts.delete(hostId);
  }

  /** For how long the host has reported as it should, up to now; 0: it does not. */
  steadyMilliseconds(hostId: string, now: number): number {
    const host = this.#hosts.get(hostId);
    return host && now - host.last <= STEADY_MILLISECONDS ? now - host.steadySince : 0;
  }
}
