/** What was done so far, and how each of it is undone: an installation that fails leaves the host as it was. */
export class Undo {
  readonly #steps: (() => void)[] = [];
  readonly #lastSteps: (() => void)[] = [];

  add(step: () => void): void {
    this.#steps.push(step);
  }

  /** What is done once nothing can be undone any more. */
  atEnd(step: () => void): void {
    this.#lastSteps.push(step);
  }

  /** From here on nothing is undone. */
  keep(): void {
    this.#steps.length = 0;
    for (const step of this.#lastSteps.splice(0)) step();
  }

  /** The last step first. One that fails does not keep the others. */
  run(): void {
    this.#lastSteps.length = 0;
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        step();
      } catch {
        // What was there before cannot be told better than by the error that is on its way.
      }
    }
  }
}
