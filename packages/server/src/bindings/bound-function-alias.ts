import type { FunctionAlias, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";
import { functionName, matchesFunction } from "./function-match.ts";

export const FUNCTION_ALIAS_PORT = "function-alias";
/** The driver whose functions this server runs itself. */
export const FUNCTIONS = "functions";

type BoundAlias = BoundDriver<FunctionAlias>;

const INVALID_FUNCTION = "INVALID_LAMBDA_FUNCTION";

/** One port that asks for each function the driver that its binding names. */
export function boundFunctionAlias(bound: readonly BoundAlias[]): FunctionAlias {
  const ask = async <Answer>(
    { functionName: called }: LambdaAlias,
    signal: AbortSignal,
    call: (functions: FunctionAlias) => Promise<Answer>,
    unbound: (reason: string) => Answer,
  ): Promise<Answer> => {
    signal.throwIfAborted();
    const found = aliasOfFunction(bound, called);
    if (!found) return unbound(missingBinding(called));
    try {
      return await call(found.instance);
    } catch (error) {
      throw faultOfBinding(error, found.binding, signal);
    }
  };
  const refuse = (reason: string): never => {
    throw new PortRefusal(INVALID_FUNCTION, reason);
  };
  return {
    describe: (alias, signal) => ask(alias, signal, (functions) => functions.describe(alias, signal), refuse),
    inspectVersion: (alias, version, signal) =>
      ask(alias, signal, (functions) => functions.inspectVersion(alias, version, signal), refuse),
    shift: (alias, shift, signal) =>
      ask(
        alias,
        signal,
        (functions) => functions.shift(alias, shift, signal),
        (reason) => ({ outcome: "failed", reason, code: INVALID_FUNCTION }),
      ),
  };
}

/** Who runs a function, by what the AppSpec calls it, or by its name in that. The first binding that matches counts. */
export function aliasOfFunction(bound: readonly BoundAlias[], called: string): BoundAlias | undefined {
  return bound.find(({ binding: { match } }) => matchesFunction(match, called));
}

/** The cure is a binding that can be copied. */
function missingBinding(called: string): string {
  const name = functionName(called);
  const example = `- { match: ${JSON.stringify(name)}, port: ${FUNCTION_ALIAS_PORT}, driver: lambda, settings: { region: eu-central-1, accessKeyId: …, secretAccessKey: … } }`;
  return (
    `no binding says who runs the function ${JSON.stringify(name)}: add one to the bindings in sluice.yml ` +
    `(for a function of AWS the driver lambda, for one on this machine the driver ${FUNCTIONS}), such as ${example}, ` +
    "and restart the server with --config sluice.yml"
  );
}
