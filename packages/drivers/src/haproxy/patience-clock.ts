import type { ServerState } from "../haproxy-runtime/balancer-state.ts";
import type { RuntimeSocket } from "../haproxy-runtime/runtime-socket.ts";
import type { AwaitedIn } from "./desired-traffic.ts";
import type { Patience } from "./traffic-step.ts";

interface Awaited {
  readonly socket: RuntimeSocket;
  readonly process: string;
  readonly server: ServerState;
  /** The revision of the wish that is waited for: a newer one is another wait, whoever saw the end of the one before. */
  readonly revision: number;
  /** What was written down of this wait, be it by another process of the server. */
  readonly known: AwaitedIn | undefined;
  /** To be written down: the wait begins only now. */
  readonly onBegin: (awaited: AwaitedIn) => void;
}

/**
 * Since when each server is waited for, over repeated calls and restarts of this process. HAProxy does not tell, so a server that drains or
 * checks its health already when it is first seen is given the whole time, and so is one in a balancer that was restarted.
 */
export class PatienceClock {
  readonly #limitMilliseconds: number;
  readonly #now: () => number;
  readonly #starts = new Map<
    string,
    { readonly process: string; readonly revision: number; readonly startedAt: number }
  >();

  constructor(limitMilliseconds: number, now: () => number) {
    this.#limitMilliseconds = limitMilliseconds;
    this.#now = now;
  }

  /**
   * Begins to count with the first call.
   * @param begins the server is told only now what is waited for, be it once more since somebody else has told it something else
   */
  of(awaited: Awaited, begins: boolean): Patience {
    const { process, revision } = awaited;
    const key = keyOf(awaited);
    const now = this.#now();
    let start = this.#starts.get(key);
    if (begins || start?.process !== process || start.revision !== revision) {
      const isKnown = !begins && awaited.known?.process === process;
      const startedAt = isKnown ? Math.min(awaited.known?.since ?? now, now) : now;
      start = { process, revision, startedAt };
      this.#starts.set(key, start);
      if (!isKnown) awaited.onBegin({ process, since: now });
    }
    const remainingMilliseconds = start.startedAt + this.#limitMilliseconds - now;
    return { limitMilliseconds: this.#limitMilliseconds, remainingMilliseconds };
  }

  /** When the time of a wait that has begun is over, epoch milliseconds; undefined: it has not begun. */
  endOf(awaited: Pick<Awaited, "socket" | "server">): number | undefined {
    const start = this.#starts.get(keyOf(awaited));
    return start && start.startedAt + this.#limitMilliseconds;
  }
}

function keyOf({ socket, server }: Pick<Awaited, "socket" | "server">): string {
  return `${socket.name} ${server.backend}/${server.server}`;
}
