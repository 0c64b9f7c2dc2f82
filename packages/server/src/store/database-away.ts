import { reasonOf } from "@sluice/model/reason-of.ts";

/** The database did not answer: nothing was done, and the same may be tried again. Callers are told so, as no fault of anybody's. */
export class DatabaseAwayError extends Error {
  override readonly name: string = "DatabaseAwayError";

  constructor(cause: unknown) {
    super(`the database does not answer: ${reasonOf(cause)}`, { cause });
  }
}

/** The connection was lost between COMMIT and its answer: whether the transaction was done is to be asked. */
export class CommitUnknownError extends DatabaseAwayError {
  override readonly name = "CommitUnknownError";
  readonly transactionId: string;

  constructor(cause: unknown, transactionId: string) {
    super(cause);
    this.transactionId = transactionId;
  }
}

/** So much of a statement finds its place in the code. */
const QUOTED_STATEMENT_CHARACTERS = 300;

/** The database is there, and gave one statement up: it works too long, or waits for a lock of somebody else's. Nothing of its transaction was done. */
export class StatementTooSlowError extends Error {
  override readonly name = "StatementTooSlowError";

  /** @param statement without its values */
  constructor(milliseconds: number, statement: string, cause: unknown) {
    super(
      `the database cancelled a statement after ${milliseconds / 1_000} s. It is overloaded, or a lock is held (see pg_stat_activity): ${statement.slice(0, QUOTED_STATEMENT_CHARACTERS)}`,
      { cause },
    );
  }
}

/**
 * So long nothing may fail before the database is told as back. PostgreSQL ends its connections one after the other: when the first is lost,
 * another may still be answered.
 */
const SETTLED_MILLISECONDS = 1_000;

/** What is known of the database, and who wants to hear of it: told once when it goes away, and once when it is back to stay. */
export class DatabaseHealth {
  /** Told as away since then, and not yet as back. */
  #awaySince: number | null = null;
  #reason: string | null = null;
  #settling: NodeJS.Timeout | undefined;
  onAway: (reason: string) => void = () => {};
  onBack: (afterMilliseconds: number) => void = () => {};

  /** Null while it answers. */
  get reason(): string | null {
    return this.#reason;
  }

  failed({ message }: DatabaseAwayError): void {
    this.#reason = message;
    clearTimeout(this.#settling);
    if (this.#awaySince !== null) return;
    this.#awaySince = Date.now();
    this.onAway(message);
  }

  answered(): void {
    if (this.#reason === null || this.#awaySince === null) return;
    this.#reason = null;
    const after = Date.now() - this.#awaySince;
    this.#settling = setTimeout(() => {
      this.#awaySince = null;
      this.onBack(after);
    }, SETTLED_MILLISECONDS).unref();
  }
}
