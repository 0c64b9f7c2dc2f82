/** A server refuses signatures that are five minutes off. What is off by less is left alone. */
const CORRECTED_FROM_MILLISECONDS = 240_000;
/** Errors by which a server says that it cannot believe a signature; the time may be why. */
const TIME_CODES: ReadonlySet<string> = new Set([
  "InvalidSignatureException",
  "RequestExpired",
  "RequestTimeTooSkewed",
]);

/**
 * A clock that follows the server's where this machine's is so far off that the server refuses what it signs, as AWS's SDKs do. It works on
 * with the server's time until this machine's is right again.
 */
export class CorrectedClock {
  #correctionMs = 0;
  readonly #onCorrection: (secondsAhead: number) => void;

  /** @param onCorrection is told by how much this machine's clock is ahead of the server's (behind: negative), in seconds; 0: it is right again */
  constructor(onCorrection: (secondsAhead: number) => void) {
    this.#onCorrection = onCorrection;
  }

  now(): Date {
    return new Date(Date.now() + this.#correctionMs);
  }

  /** By how much this machine's clock is ahead, in seconds; 0 while it is not corrected. */
  get secondsAhead(): number {
    return Math.round(-this.#correctionMs / 1000) + 0;
  }

  /**
   * A call was refused. Calls run beside each other, so another one's refusal may have set this clock right since the call was signed:
   * what counts is the time in its signature.
   *
   * @param signedAt the time by which it was signed
   * @param date the answer's Date header
   * @returns whether it is worth asking again, by another time
   */
  refused(code: string, signedAt: Date, date: string | undefined): boolean {
    const serverMs = Date.parse(date ?? "");
    if (!TIME_CODES.has(code) || Number.isNaN(serverMs)) return false;
    if (Math.abs(serverMs - signedAt.getTime()) < CORRECTED_FROM_MILLISECONDS) return false;
    if (Math.abs(serverMs - this.now().getTime()) < CORRECTED_FROM_MILLISECONDS) return true;
    const correctionMs = serverMs - Date.now();
    this.#correctionMs = Math.abs(correctionMs) < CORRECTED_FROM_MILLISECONDS ? 0 : correctionMs;
    this.#onCorrection(this.secondsAhead);
    return true;
  }
}
