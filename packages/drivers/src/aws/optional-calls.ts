import { AwsCallError } from "./aws-call-error.ts";

/** How long a refusal is taken for the answer to the next call, too. */
const REFUSAL_KEPT_MILLISECONDS = 60_000;

export type OptionalAnswer<Value> =
  | { readonly outcome: "read"; readonly value: Value }
  /** The role may not look, or could not be asked: why, in the service's words. */
  | { readonly outcome: "unread"; readonly reason: string; readonly error: AwsCallError };

/** A call that may be refused, or fail: it only says more about what is known without it. */
export type OptionalCall = <Value>(
  name: string,
  signal: AbortSignal,
  call: () => Promise<Value>,
) => Promise<OptionalAnswer<Value>>;

/** Calls beyond the rights of AWS's managed role for CodeDeploy. One that was denied is not made again for a minute. */
export function optionalCalls(now: () => number): OptionalCall {
  const denied = new Map<string, { readonly error: AwsCallError; readonly until: number }>();
  return async (name, signal, call) => {
    const refusal = denied.get(name);
    if (refusal && now() < refusal.until) return unread(refusal.error);
    try {
      const value = await call();
      denied.delete(name);
      return { outcome: "read", value };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AwsCallError)) throw error;
      const { isRefusal, deploymentCode } = error;
      if (isRefusal && deploymentCode !== undefined) {
        denied.set(name, { error, until: now() + REFUSAL_KEPT_MILLISECONDS });
      }
      return unread(error);
    }
  };
}

function unread(error: AwsCallError): { outcome: "unread"; reason: string; error: AwsCallError } {
  return { outcome: "unread", reason: error.reason, error };
}
