import type { FaultCode } from "./fault-codes.ts";

/**
 * An error that the caller made and can mend. `code` is the exact wire code (`ApplicationDoesNotExistException`), `message`
 * names the field, the value and the cure. Mapped to bytes once, in the server's http/.
 */
export class CallerFault extends Error {
  readonly code: FaultCode;
  /** Which of several causes that share the code, in AWS' word: `ConcurrentInvocationLimitExceeded`. Only REST-JSON can say it. */
  readonly wireReason: string | undefined;

  constructor(code: FaultCode, message: string, options?: ErrorOptions & { readonly reason?: string }) {
    super(message, options);
    this.name = "CallerFault";
    this.code = code;
    this.wireReason = options?.reason;
  }
}
