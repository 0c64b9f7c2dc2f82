/** How a function is called, as the Invoke operation, hooks and load balancers know it. */
export interface FunctionInvocation {
  readonly functionName: string;
  /** A version or an alias; undefined: `$LATEST`. */
  readonly qualifier: string | undefined;
  /** JSON, which whoever calls has made sure of; empty: `{}`. */
  readonly payload: Uint8Array;
  readonly clientContext?: string | undefined;
}

export interface Invoked {
  /** UUID; also Lambda's request id. */
  readonly requestId: string;
  /** Which an alias chose by its weights. */
  readonly executedVersion: string;
  /** `failed`: the payload is the error, in Lambda's shape. */
  readonly outcome: "answered" | "failed";
  readonly payload: Uint8Array;
  /** At most 4 KB from the end of its log. */
  readonly logTail: string;
}

/** Why an invocation that is asynchronous is made. `executionId`: it runs a hook of a deployment, once. */
export interface LaterInvocation extends FunctionInvocation {
  readonly hook?: { readonly deploymentId: string; readonly executionId: string } | undefined;
}

/** What becomes of an asynchronous invocation. `failed` has the fault and the tail of its log. */
export type LaterState =
  /** `reason`: why it could not be begun when it was tried; empty: it was not tried yet. */
  | { readonly state: "waiting"; readonly reason: string }
  | { readonly state: "running" }
  | { readonly state: "answered"; readonly logTail: string }
  | {
      readonly state: "failed";
      readonly errorType: string;
      readonly errorMessage: string;
      readonly logTail: string;
    };

/**
 * Functions that run on this machine. Refusals are CallerFaults in Lambda's words: `ResourceNotFoundException`,
 * `RequestTooLargeException`, `TooManyRequestsException` (a `ThrottledInvocation`, which has the Reason), and `ServiceException` when this
 * machine has no process for it.
 */
export interface LocalFunctions {
  /** RequestResponse: waits for the end. */
  invoke(invocation: FunctionInvocation, signal: AbortSignal): Promise<Invoked>;
  /** DryRun: refuses what `invoke` would refuse. */
  check(invocation: Pick<FunctionInvocation, "functionName" | "qualifier">): Promise<void>;
  /** Event: stored when it returns, and run at least once; a hook's execution is taken once, however often it is asked for. */
  invokeLater(invocation: LaterInvocation): Promise<{ readonly requestId: string }>;
  /** Undefined: no such execution was taken. */
  hookState(deploymentId: string, executionId: string): Promise<LaterState | undefined>;
}
