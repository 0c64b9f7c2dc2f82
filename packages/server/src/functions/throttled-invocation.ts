import { CallerFault } from "@sluice/model/caller-fault.ts";

/** As Lambda's `ThrottleReason`. */
export type ThrottleReason = "ReservedFunctionConcurrentInvocationLimitExceeded" | "ConcurrentInvocationLimitExceeded";

/** Too many invocations are under way: 429, with the reason as a member of its own. */
export class ThrottledInvocation extends CallerFault {
  readonly reason: ThrottleReason;

  constructor(reason: ThrottleReason, cause: string) {
    super("TooManyRequestsException", `Rate Exceeded: ${cause}`);
    this.name = "ThrottledInvocation";
    this.reason = reason;
  }
}
