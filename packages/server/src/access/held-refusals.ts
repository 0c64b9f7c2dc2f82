import { CallerFault } from "@sluice/model/caller-fault.ts";
import { budgetKeyOf } from "./key-budgets.ts";
import type { Principal } from "./principal.ts";

/** How long a caller that is throttled waits for being told so: a client in a loop then asks seldom. SDKs wait longer before they try again. */
export const THROTTLED_HOLD_MILLISECONDS = 500;
/** Answers of one key that are held at once; more are given at once. */
export const MAX_HELD_REFUSALS_PER_KEY = 64;

/** Hosts and functions have few connections, which their held calls would use up. */
function isPersons({ role }: Principal): boolean {
  return role !== "host" && role !== "function";
}

/** Holds the answers to people and pipelines that are throttled, for a moment. */
export class HeldRefusals {
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #held = new Map<string, number>();

  /** @param wait resolves after so many milliseconds */
  constructor(wait: (milliseconds: number) => Promise<void>) {
    this.#wait = wait;
  }

  /** Does what may throw that a key is throttled, and throws it after the hold. Whatever else is thrown is thrown at once. */
  async after(principal: Principal, spend: () => void): Promise<void> {
    try {
      spend();
    } catch (error) {
      const isHeld = isPersons(principal) && error instanceof CallerFault && error.code === "ThrottlingException";
      if (isHeld) await this.#hold(budgetKeyOf(principal));
      throw error;
    }
  }

  async #hold(accessKeyId: string): Promise<void> {
    const held = this.#held.get(accessKeyId) ?? 0;
    if (held >= MAX_HELD_REFUSALS_PER_KEY) return;
    this.#held.set(accessKeyId, held + 1);
    try {
      await this.#wait(THROTTLED_HOLD_MILLISECONDS);
    } finally {
      const left = this.#held.get(accessKeyId)! - 1;
      if (left === 0) this.#held.delete(accessKeyId);
      else this.#held.set(accessKeyId, left);
    }
  }
}
