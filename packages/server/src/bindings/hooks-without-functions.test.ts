import { expect, it } from "vitest";
import { checkHooksHaveFunctions } from "./hooks-without-functions.ts";

function binding(match: string, port: string, driver: string) {
  return { match, port, driver, settings: {} };
}

it("has functions as hooks where this server runs functions, and nowhere else", () => {
  const hooks = binding("CodeDeployHook_*", "hook-invoker", "functions");
  const cure =
    /binding of "CodeDeployHook_\*" to the hook-invoker .* add - \{ match: "\*", port: function-alias, driver: functions \}/;
  expect(() => checkHooksHaveFunctions([hooks])).toThrow(cure);
  expect(() => checkHooksHaveFunctions([hooks, binding("*", "function-alias", "lambda")])).toThrow(cure);
  expect(() => checkHooksHaveFunctions([hooks, binding("*", "function-alias", "functions")])).not.toThrow();
  expect(() => checkHooksHaveFunctions([binding("*", "hook-invoker", "lambda")])).not.toThrow();
});
