/**
 * Calls that one turn of the event loop serves; the others wait for the next. Node accepts one connection a turn, so a server that served
 * all of a thousand agents' calls in one would leave everybody else (a heartbeat over a new connection, a person's command) at the door
 * for as long as the load lasts.
 */
const CALLS_A_TURN = 32;

/** Makes calls wait for their turn, in the order in which they came. */
export class RequestTurns {
  #waiting: (() => void)[] = [];
  #isScheduled = false;

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const served = this.#waiting.splice(0, CALLS_A_TURN);
      if (this.#waiting.length > 0) this.#schedule();
      for (const serve of served) serve();
    });
  }
}
