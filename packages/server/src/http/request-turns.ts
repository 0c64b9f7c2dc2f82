/**
 * Calls that one turn of the event loop serves; the others wait for the next. Node accepts one connection a turn, so a server that served
 * all of a thousand agents' calls in one would leave everybody else (a heartbeat over a new connection, a person's command) at the door
 * for as long as the load lasts.
 */
const CALLS_A_TURN = 32;
/** Of those, for calls that are not heartbeats: whoever claims to send heartbeats without end must not keep everybody else waiting. */
const OTHERS_A_TURN = 8;

/** Makes calls wait for their turn, in the order in which they came. Heartbeats, which are few and short, go before everything else. */
export class RequestTurns {
  #heartbeats: (() => void)[] = [];
  #waiting: (() => void)[] = [];
  #isScheduled = false;

  wait(isHeartbeat = false): Promise<void> {
    return new Promise((resolve) => {
      (isHeartbeat ? this.#heartbeats : this.#waiting).push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const others = Math.min(OTHERS_A_TURN, this.#waiting.length);
      const first = this.#heartbeats.splice(0, CALLS_A_TURN - others);
      const served = [...first, ...this.#waiting.splice(0, CALLS_A_TURN - first.length)];
      if (this.#heartbeats.length + this.#waiting.length > 0) this.#schedule();
      for (const serve of served) serve();
    });
  }
}
