import type { Binding } from "../config/binding.ts";
import { ConfigError } from "../config/sluice-yml.ts";
import { FUNCTION_ALIAS_PORT, FUNCTIONS } from "./bound-function-alias.ts";
import { HOOK_INVOKER_PORT } from "./bound-hook-invoker.ts";

/**
 * A server runs functions when a binding of the function-alias says so, which has their settings: hooks of functions that nobody runs are a
 * {@link ConfigError}, with the binding that is missing.
 */
export function checkHooksHaveFunctions(bindings: readonly Binding[]): void {
  const named = (name: string) => bindings.find(({ port, driver }) => port === name && driver === FUNCTIONS);
  const hooks = named(HOOK_INVOKER_PORT);
  if (!hooks || named(FUNCTION_ALIAS_PORT)) return;
  throw new ConfigError(
    `sluice.yml, the binding of ${JSON.stringify(hooks.match)} to the ${HOOK_INVOKER_PORT} names the driver "${FUNCTIONS}", and no binding has this ` +
      `server run functions: add - { match: "*", port: ${FUNCTION_ALIAS_PORT}, driver: ${FUNCTIONS} }`,
  );
}
