import { CallerFault } from "@sluice/model/caller-fault.ts";
import { budgetKeyOf } from "../access/key-budgets.ts";
import type { Principal } from "../access/principal.ts";

/** Event streams that one key, with all of its sessions and the temporary keys that it bought, may have open at once. */
export const MAX_STREAMS_PER_KEY = 256;

interface Stream {
  readonly accessKeyId: string;
  /** The key that it counts for: that which bought a temporary one. */
  readonly budgetKey: string;
  readonly sessionId: string | undefined;
  readonly isUsers: boolean;
  readonly end: () => void;
}

/** The streams that are open now, so that they end with the key or the session that opened them. */
export class OpenStreams {
  readonly #streams = new Set<Stream>();

  /**
   * @param end ends the stream; called at most once, and not after the stream was closed
   * @returns what is to be called when it is closed
   * @throws CallerFault ThrottlingException: the key has too many
   */
  open(principal: Principal, end: () => void): () => void {
    const { accessKeyId, sessionId, role } = principal;
    const budgetKey = budgetKeyOf(principal);
    let count = 0;
    for (const stream of this.#streams) if (stream.budgetKey === budgetKey) count += 1;
    if (count >= MAX_STREAMS_PER_KEY) {
      throw new CallerFault(
        "ThrottlingException",
        `The access key ${budgetKey} has ${count} event streams open: close some of them, and open this one again.`,
      );
    }
    const stream = { accessKeyId, budgetKey, sessionId, isUsers: role === "user", end };
    this.#streams.add(stream);
    return () => this.#streams.delete(stream);
  }

  endOfKey(accessKeyId: string): void {
    this.#end((stream) => stream.accessKeyId === accessKeyId);
  }

  /** What users may see has changed: they ask again, and are asked again. */
  endOfUsers(): void {
    this.#end(({ isUsers }) => isUsers);
  }

  endOfSessions(sessionIds: readonly string[]): void {
    this.#end(({ sessionId }) => sessionId !== undefined && sessionIds.includes(sessionId));
  }

  #end(isMeant: (stream: Stream) => boolean): void {
    for (const stream of this.#streams) {
      if (!isMeant(stream)) continue;
      this.#streams.delete(stream);
      stream.end();
    }
  }
}
