import type { LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { AliasCalls } from "./alias-calls.ts";
import { LOOK_AGAIN_MILLISECONDS } from "./alias-move.ts";
import { provisionedConcurrencyOf } from "./provisioned-concurrency.ts";
import { findVersion, hasFailed, versionFacts } from "./version-facts.ts";

/** Whether a version may be given its first traffic: it is active, and the provisioned concurrency that it is configured with is ready. */
export async function readinessOf(
  calls: AliasCalls,
  alias: LambdaAlias,
  version: string,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const state = await stateOf(calls, alias, version, signal);
  return state.outcome === "done" ? concurrencyOf(calls, alias, version, signal) : state;
}

async function stateOf(
  { call, optional }: AliasCalls,
  { functionName }: LambdaAlias,
  version: string,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const answer = await optional("GetFunctionConfiguration", signal, () =>
    findVersion(call, functionName, version, signal),
  );
  if (answer.outcome === "unread") {
    // Whether the version can be invoked shows when the alias is to point to it.
    if (answer.error.isRefusal) return { outcome: "done" };
    throw answer.error;
  }
  if (!answer.value) {
    const reason = `there is no published version ${version} of ${functionName}`;
    return { outcome: "failed", reason, code: "INVALID_LAMBDA_FUNCTION" };
  }
  const { isActive, detail } = versionFacts(answer.value);
  if (isActive) return { outcome: "done" };
  const words = `version ${version} is not active: ${detail}`;
  if (hasFailed(answer.value)) return { outcome: "failed", reason: words, code: "INVALID_LAMBDA_FUNCTION" };
  return { outcome: "pending", retryAfterMilliseconds: LOOK_AGAIN_MILLISECONDS, detail: words };
}

async function concurrencyOf(
  { call, optional }: AliasCalls,
  { functionName }: LambdaAlias,
  version: string,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const what = `provisioned concurrency of version ${version}`;
  const answer = await optional("GetProvisionedConcurrencyConfig", signal, () =>
    provisionedConcurrencyOf(call, functionName, version, signal),
  );
  if (answer.outcome === "unread") {
    if (!answer.error.isRefusal) throw answer.error;
    return { outcome: "done", detail: `nobody waited for ${what}: it cannot be asked for (${answer.reason})` };
  }
  switch (answer.value.state) {
    case "under way": {
      const detail = `the ${what} is being allocated: ${answer.value.detail}`;
      return { outcome: "pending", retryAfterMilliseconds: LOOK_AGAIN_MILLISECONDS, detail };
    }
    case "failed":
      return { outcome: "failed", reason: `the ${what} failed: ${answer.value.detail}` };
    case "none":
    case "ready":
      return { outcome: "done" };
    default: {
      const never: never = answer.value;
      return never;
    }
  }
}
