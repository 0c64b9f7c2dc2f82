const FIRST_BACK_OFF_MILLISECONDS = 100;
const MAX_BACK_OFF_MILLISECONDS = 5_000;

/** When HAProxy, which did not start, may be started again. */
export class StartBackOff {
  #failures = 0;
  #notBefore = 0;

  get isOver(): boolean {
    return performance.now() >= this.#notBefore;
  }

  hasFailed(): void {
    const milliseconds = Math.min(FIRST_BACK_OFF_MILLISECONDS * 2 ** this.#failures, MAX_BACK_OFF_MILLISECONDS);
    this.#notBefore = performance.now() + milliseconds;
    this.#failures += 1;
  }

  hasStarted(): void {
    this.#failures = 0;
  }
}
