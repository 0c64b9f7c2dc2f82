import type { DeploymentError } from "../../state.ts";
import type { HookFinding } from "./shift-facts.ts";

/** A hook that is certainly not there would fail its event, perhaps after the traffic has moved. */
export function missingHookError(hooks: readonly HookFinding[]): DeploymentError | undefined {
  for (const { event, hook, facts } of hooks) {
    if (facts.outcome !== "missing") continue;
    const message = `The hook ${hook} of ${event} can not be invoked: ${facts.reason}. Nothing was changed.`;
    return { code: "HOOK_EXECUTION_FAILURE", message };
  }
  return undefined;
}
