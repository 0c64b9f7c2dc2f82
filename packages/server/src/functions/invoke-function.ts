import type { CallEnd } from "@sluice/engine/ports/function-runner.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_INVOCATION_BYTES } from "@sluice/model/lambda-limits.ts";
import type { FunctionConcurrency } from "./function-concurrency.ts";
import type { FunctionPool } from "./function-pool.ts";
import { type FunctionRoute, type FunctionRoutes, pickVersion, type RoutedVersion } from "./function-routes.ts";
import type { FunctionInvocation, Invoked } from "./local-functions.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

const NO_PAYLOAD = Buffer.from("{}");
/** Of a function that is changed again and again while it starts. */
const TRIES = 3;

/** How invocations came out since the server started. */
export interface InvocationCounts {
  answered: number;
  /** By a fault of the function. */
  failed: number;
  throttled: number;
  /** The machine had no process for it. */
  broken: number;
}

export interface InvokeDependencies {
  readonly routes: Pick<FunctionRoutes, "find">;
  readonly concurrency: Pick<FunctionConcurrency, "begin">;
  readonly pool: Pick<FunctionPool, "call">;
  readonly counts: InvocationCounts;
  /** From 0 to less than 1. */
  readonly random: () => number;
  readonly randomUuid: () => string;
}

export type InvokeFunction = (
  invocation: FunctionInvocation & { readonly requestId?: string | undefined },
  signal: AbortSignal,
) => Promise<Invoked>;

/**
 * One invocation, from its name to its end. Rejects with a CallerFault when there is no such function, when too many are under way
 * ({@link ThrottledInvocation}), and when the machine has no process for it; what the function makes of it is an answer.
 */
export function invokeFunction({
  routes,
  concurrency,
  pool,
  counts,
  random,
  randomUuid,
}: InvokeDependencies): InvokeFunction {
  return async (invocation, signal) => {
    const { functionName, qualifier, payload, clientContext, requestId = randomUuid() } = invocation;
    if (payload.byteLength > MAX_INVOCATION_BYTES) throw tooLarge(payload.byteLength, MAX_INVOCATION_BYTES);
    for (let tries = 1; ; tries++) {
      const found = routes.find(functionName, qualifier);
      const route = found instanceof Promise ? await found : found;
      let ended: (() => void) | undefined;
      let end: CallEnd;
      const version = pickVersion(route, random());
      try {
        ended = concurrency.begin(route);
        const { invokedFunctionArn } = route;
        const call = { requestId, payload: payload.byteLength === 0 ? NO_PAYLOAD : payload, invokedFunctionArn };
        end = await pool.call(version, clientContext === undefined ? call : { ...call, clientContext }, signal);
      } catch (error) {
        const isOurs = !(error instanceof ThrottledInvocation) && !signal.aborted;
        // Its code may have gone before a process had it: what there is now is run, or else missing.
        if (isOurs && tries < TRIES && !isVersionOf(await routes.find(functionName, qualifier), version)) continue;
        if (!signal.aborted) counts[isOurs ? "broken" : "throttled"]++;
        throw error;
      } finally {
        ended?.();
      }
      const { outcome, logTail } = end;
      counts[outcome]++;
      return { requestId, executedVersion: version.version, outcome, payload: end.payload, logTail };
    }
  };
}

/** Whether an invocation can still come to it, as it was. */
function isVersionOf({ first, second }: FunctionRoute, { key }: RoutedVersion): boolean {
  return key === first.key || key === second?.version.key;
}

/** @param most of what the kind of invocation takes */
export function tooLarge(bytes: number, most: number): CallerFault {
  return new CallerFault(
    "RequestTooLargeException",
    `Request must be smaller than ${most} bytes for the InvokeFunction operation; it has ${bytes}.`,
  );
}
