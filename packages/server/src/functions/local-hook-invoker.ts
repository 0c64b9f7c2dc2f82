import type { HookInvocation, HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { hookRunOf } from "./hook-run.ts";
import type { LocalFunctions } from "./local-functions.ts";
import { type NamedFunction, namedFunction } from "./named-function.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

export interface LocalHookInvokerDependencies {
  readonly functions: Pick<LocalFunctions, "check" | "invokeLater" | "hookState">;
  /** What a hook is told: JSON. */
  readonly payloadOf: (invocation: HookInvocation) => string;
  readonly scope: ArnScope;
}

const ASK_AGAIN_MILLISECONDS = 1_000;

/** Hooks that are functions of this server, by their names or ARNs. Each execution is taken once, and what becomes of it is known. */
export function localHookInvoker(dependencies: LocalHookInvokerDependencies): HookInvoker {
  const { functions, scope } = dependencies;
  return {
    find: async ({ hook }, signal) => {
      signal.throwIfAborted();
      const named = namedFunction(hook, scope);
      if (!named) return { outcome: "missing", reason: noneOfOurs(hook, scope) };
      try {
        await functions.check(named);
        return { outcome: "found" };
      } catch (error) {
        if (!isMissing(error)) throw error;
        return { outcome: "missing", reason: missing(named) };
      }
    },
    invoke: async (invocation, signal) => {
      signal.throwIfAborted();
      const named = namedFunction(invocation.hook, scope);
      if (!named) return { outcome: "failed", reason: noneOfOurs(invocation.hook, scope) };
      return invoke(named, invocation, dependencies);
    },
    observe: async ({ deploymentId, executionId }, signal) => {
      signal.throwIfAborted();
      const state = await functions.hookState(deploymentId, executionId);
      if (!state) return { state: "unknown", detail: `this server was not asked for the execution ${executionId}` };
      return hookRunOf(state);
    },
  };
}

async function invoke(
  named: NamedFunction,
  invocation: HookInvocation,
  { functions, payloadOf }: LocalHookInvokerDependencies,
): Promise<PortOutcome> {
  const { deploymentId, executionId } = invocation;
  const payload = Buffer.from(payloadOf(invocation));
  try {
    await functions.invokeLater({ ...named, payload, hook: { deploymentId, executionId } });
    return { outcome: "done" };
  } catch (error) {
    if (isMissing(error)) return { outcome: "failed", reason: missing(named) };
    if (!(error instanceof ThrottledInvocation)) throw error;
    return { outcome: "pending", retryAfterMilliseconds: ASK_AGAIN_MILLISECONDS, detail: error.message };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof CallerFault && error.code === "ResourceNotFoundException";
}

function missing({ functionName, qualifier }: NamedFunction): string {
  if (qualifier !== undefined) {
    return (
      `there is no function ${functionName} with the version or alias ${qualifier} on this server: ` +
      `aws lambda list-aliases --function-name ${functionName} lists those that there are`
    );
  }
  return `there is no function ${functionName} on this server: create it with aws lambda create-function --function-name ${functionName}`;
}

function noneOfOurs(hook: string, { region, accountId }: ArnScope): string {
  return (
    `${JSON.stringify(hook)} is no function of this server: name one by its name or by its ARN, ` +
    `such as arn:aws:lambda:${region}:${accountId}:function:CodeDeployHook_check`
  );
}
