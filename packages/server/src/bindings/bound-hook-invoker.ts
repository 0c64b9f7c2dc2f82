import type { HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";
import { functionName, matchesFunction } from "./function-match.ts";

export const HOOK_INVOKER_PORT = "hook-invoker";

type BoundInvoker = BoundDriver<HookInvoker>;

/** One invoker that has each hook run by the driver that its binding names. A hook without a binding is missing. */
export function boundHookInvoker(bound: readonly BoundInvoker[]): HookInvoker {
  const ask = async <Answer>(
    hook: string,
    signal: AbortSignal,
    call: (invoker: HookInvoker) => Promise<Answer>,
    unbound: (reason: string) => Answer,
  ): Promise<Answer> => {
    signal.throwIfAborted();
    const found = invokerOfHook(bound, hook);
    if (!found) return unbound(missingBinding(hook));
    try {
      return await call(found.instance);
    } catch (error) {
      throw faultOfBinding(error, found.binding, signal);
    }
  };
  return {
    find: (name, signal) =>
      ask(
        name.hook,
        signal,
        (invoker) => invoker.find(name, signal),
        (reason) => ({ outcome: "missing", reason }),
      ),
    invoke: (invocation, signal) =>
      ask(
        invocation.hook,
        signal,
        (invoker) => invoker.invoke(invocation, signal),
        (reason) => ({ outcome: "failed", reason }),
      ),
    observe: (invocation, signal) =>
      ask(
        invocation.hook,
        signal,
        (invoker) => invoker.observe(invocation, signal),
        (detail) => ({ state: "unknown", detail }),
      ),
  };
}

/** Who runs a hook, by what the AppSpec calls it, or by the function's name in it. */
export function invokerOfHook(bound: readonly BoundInvoker[], hook: string): BoundInvoker | undefined {
  return bound.find(({ binding: { match } }) => matchesFunction(match, hook));
}

/** The cure is a binding that can be copied. */
function missingBinding(hook: string): string {
  const example = `- { match: ${JSON.stringify(functionName(hook))}, port: ${HOOK_INVOKER_PORT}, driver: lambda, settings: { region: eu-central-1, accessKeyId: …, secretAccessKey: … } }`;
  return (
    `no binding says who runs the hook ${JSON.stringify(hook)}: add one to the bindings in sluice.yml ` +
    "(for a function of AWS the driver lambda, for one on this machine the driver functions, for an address of your own the driver https), " +
    `such as ${example}, and restart the server with --config sluice.yml`
  );
}
