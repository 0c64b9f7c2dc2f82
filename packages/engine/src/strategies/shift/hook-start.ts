import { HOOKS_FAILED } from "@sluice/model/aws-sentences.ts";
import type { DeploymentError } from "../../state.ts";
import type { HookFinding } from "./shift-facts.ts";

/** A hook that is certainly not there would fail its event, perhaps after the traffic has moved. */
export function missingHookError(hooks: readonly HookFinding[]): DeploymentError | undefined {
  for (const { event, hook, facts } of hooks) {
    if (facts.outcome !== "missing") continue;
    const message = `${HOOKS_FAILED} The hook ${hook} of ${event} cannot be invoked: ${facts.reason}. Nothing was changed.`;
    return { code: "HOOK_EXECUTION_FAILURE", message };
  }
  return undefined;
}

/** Of hooks that nobody can look for: whether they are there shows when they are invoked. */
export function uncheckedHooks(hooks: readonly HookFinding[]): readonly string[] {
  return hooks.flatMap(({ event, hook, facts }) =>
    facts.outcome === "unchecked" ? [`The hook ${hook} of ${event} was not looked for: ${facts.reason}.`] : [],
  );
}
