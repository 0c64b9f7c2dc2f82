import type { ServerState } from "./balancer-state.ts";
import type { RuntimeSocket } from "./runtime-socket.ts";
import type { Patience } from "./traffic-step.ts";

interface Awaited {
  readonly socket: RuntimeSocket;
  readonly process: string;
  readonly server: ServerState;
}

/**
 * Since when each server is waited for, over repeated calls. HAProxy does not tell, so a server that drains or checks its health already
 * when this process first sees it is given the whole time, and so is one in a balancer that was restarted.
 */
export class PatienceClock {
  readonly #limitMilliseconds: number;
  readonly #now: () => number;
  readonly #starts = new Map<string, { readonly process: string; readonly startedAt: number }>();

  constructor(limitMilliseconds: number, now: () => number) {
    this.#limitMilliseconds = limitMilliseconds;
    this.#now = now;
  }

  /** Begins to count with the first call. */
  of(awaited: Awaited): Patience {
    const key = keyOf(awaited);
    const now = this.#now();
    let start = this.#starts.get(key);
    if (start?.process !== awaited.process) {
      start = { process: awaited.process, startedAt: now };
      this.#starts.set(key, start);
    }
    const remainingMilliseconds = start.startedAt + this.#limitMilliseconds - now;
    return { limitMilliseconds: this.#limitMilliseconds, remainingMilliseconds };
  }

  forget(awaited: Awaited): void {
    this.#starts.delete(keyOf(awaited));
  }
}

function keyOf({ socket, server }: Awaited): string {
  return `${socket.name} ${server.backend}/${server.server}`;
}
