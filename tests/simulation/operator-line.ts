import type { Chronicle } from "./chronicle.ts";
import type { Random } from "./random.ts";
import { Refused, type Request, type SimulatedNetwork, Unanswered } from "./simulated-network.ts";
import type { SimulatedTime } from "./simulated-time.ts";

export const OPERATOR = "the operator";

export interface LineParts {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  readonly chronicle: Chronicle;
  readonly onTrouble: (message: string) => void;
}

/** How a person asks the server for something. */
export class OperatorLine {
  readonly #parts: LineParts;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  note(what: string): void {
    this.#parts.chronicle.note(OPERATOR, what);
  }

  ask<T>(request: Request<T>): Promise<T> {
    return this.#parts.network.call(OPERATOR, request);
  }

  /** Once; that there was no answer, or a refusal, is that. */
  tryOnce(ask: () => Promise<unknown>): Promise<unknown> {
    return ask().catch((error: unknown) => {
      if (!isAnswer(error)) this.#parts.onTrouble(String(error));
    });
  }

  /** Asks until answered, or until it can be seen that it was done. */
  async insist(ask: () => Promise<unknown>, isDone: () => boolean): Promise<void> {
    const { time, random, onTrouble } = this.#parts;
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (!isAnswer(error)) {
          onTrouble(`the operator was answered with ${error instanceof Error ? error.stack : error}`);
          return;
        }
        this.note(`is told: ${error.message}`);
        if (isDone()) return;
        await time.sleep(random.integer(100, 2_000));
      }
    }
  }
}

function isAnswer(error: unknown): error is Unanswered | Refused {
  return error instanceof Unanswered || error instanceof Refused;
}
