import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { PortOutcome } from "./port-outcome.ts";

/** A hook as an AppSpec names it. */
export interface HookName {
  /** The AppSpec's words: a function's name or ARN, or a name that only a binding knows. */
  readonly hook: string;
  /** That of the deployment group. Drivers of AWS assume it where their binding says so; others have no use for it. */
  readonly serviceRoleArn?: string | undefined;
}

export function hookNamed(hook: string, serviceRoleArn: string | undefined): HookName {
  return serviceRoleArn === undefined ? { hook } : { hook, serviceRoleArn };
}

/** One run of a hook. Its answer comes by PutLifecycleEventHookExecutionStatus, and names the deployment and the execution. */
export interface HookInvocation extends HookName {
  readonly deploymentId: string;
  readonly executionId: string;
  /** For a hook that serves several events; Lambda functions are told the two ids only. */
  readonly event: LifecycleEventName;
}

/** `missing`: there is certainly no such hook, or it may not be invoked. `unchecked`: nobody can say, for the reason given. */
export type HookFacts =
  | { readonly outcome: "found" }
  | { readonly outcome: "missing"; readonly reason: string }
  | { readonly outcome: "unchecked"; readonly reason: string };

/**
 * Of a run that was taken. `ended`: it is over, and its answer has come by now or will never come. `broken`: it crashed, or ran out of its
 * time. `unknown`: the provider does not say, so that only the answer, or its absence, tells.
 */
export interface HookRun {
  readonly state: "running" | "ended" | "broken" | "unknown";
  /** In the provider's words. */
  readonly detail: string;
  /** What it wrote last, where the provider knows it. */
  readonly logTail?: string | undefined;
}

/**
 * The port to what hooks are made of. Every method may be called again at any time: a hook can be invoked more than once for one
 * execution, always under the same id, of which only one answer counts. A provider that cannot be reached is a rejection, which the
 * caller retries; an answer that says no is a `failed`.
 */
export interface HookInvoker {
  /** For the start; invokes nothing. */
  find(hook: HookName, signal: AbortSignal): Promise<HookFacts>;
  /** Done when the hook was taken to be run. Nobody waits for its end here. */
  invoke(invocation: HookInvocation, signal: AbortSignal): Promise<PortOutcome>;
  /** What has become of the run. */
  observe(invocation: HookInvocation, signal: AbortSignal): Promise<HookRun>;
}
