import { FUNCTION_ALIAS_PORT, FUNCTIONS } from "./bound-function-alias.ts";
import type { ComposedFunctions, FunctionsParts } from "./composed-functions.ts";

/** Undefined where no binding names the driver `functions` of function aliases; then nothing of it is loaded. */
export async function composeFunctions(parts: FunctionsParts): Promise<ComposedFunctions | undefined> {
  const binding = parts.config.bindings.find(
    ({ port, driver }) => port === FUNCTION_ALIAS_PORT && driver === FUNCTIONS,
  );
  if (!binding) return undefined;
  const { openLocalFunctions } = await import("./open-local-functions.ts");
  return openLocalFunctions(binding.settings, parts);
}
