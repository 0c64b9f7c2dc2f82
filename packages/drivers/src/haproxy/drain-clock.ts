import type { ServerState } from "./balancer-state.ts";
import type { RuntimeSocket } from "./runtime-socket.ts";
import type { Drain } from "./traffic-step.ts";

interface Draining {
  readonly socket: RuntimeSocket;
  readonly process: string;
  readonly server: ServerState;
}

/**
 * Since when each server drains, over repeated calls. HAProxy does not tell, so a server that drains already when this process first
 * sees it is given a whole drain time, and so is one in a balancer that was restarted.
 */
export class DrainClock {
  readonly #drainMilliseconds: number;
  readonly #now: () => number;
  readonly #starts = new Map<string, { readonly process: string; readonly startedAt: number }>();

  constructor(drainMilliseconds: number, now: () => number) {
    this.#drainMilliseconds = drainMilliseconds;
    this.#now = now;
  }

  /** Begins to count with the first call. */
  of(draining: Draining): Drain {
    const key = keyOf(draining);
    const now = this.#now();
    let start = this.#starts.get(key);
    if (start?.process !== draining.process) {
      start = { process: draining.process, startedAt: now };
      this.#starts.set(key, start);
    }
    const remainingMilliseconds = start.startedAt + this.#drainMilliseconds - now;
    return { drainMilliseconds: this.#drainMilliseconds, remainingMilliseconds };
  }

  forget(draining: Draining): void {
    this.#starts.delete(keyOf(draining));
  }
}

function keyOf({ socket, server }: Draining): string {
  return `${socket.name} ${server.backend}/${server.server}`;
}
