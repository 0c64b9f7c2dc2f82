import type { AliasRouting, AliasShift, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { AliasCalls } from "./alias-calls.ts";
import { provisionedConcurrencyOf } from "./provisioned-concurrency.ts";

/** Provisioned concurrency takes a minute or more. */
export const LOOK_AGAIN_MILLISECONDS = 5_000;

/**
 * Whether the alias points to the version that is to have all of its traffic, and still sends some to the other: Lambda moves the traffic
 * itself where an alias has provisioned concurrency, when it is ready at the new version. No weight of a shift looks so.
 */
export function isMovingByItself({ version, second }: AliasRouting, wished: AliasRouting, shift: AliasShift): boolean {
  if (!second || wished.second || version !== wished.version) return false;
  return version === shift.targetVersion || second.percent === 100;
}

/** How far Lambda is with that. Undefined: it moves nothing, and the second version is to be taken away. */
export async function moveOf(
  { call, optional }: AliasCalls,
  { functionName, aliasName }: LambdaAlias,
  { version, second }: AliasRouting,
  signal: AbortSignal,
): Promise<PortOutcome | undefined> {
  const what = `provisioned concurrency of the alias ${aliasName}`;
  const until = (words: string): PortOutcome => ({
    outcome: "pending",
    retryAfterMilliseconds: LOOK_AGAIN_MILLISECONDS,
    detail: `Lambda sends ${second?.percent ?? 0} % of the alias' traffic to version ${second?.version} until the ${what} is ready at version ${version}: ${words}`,
  });
  const answer = await optional("GetProvisionedConcurrencyConfig", signal, () =>
    provisionedConcurrencyOf(call, functionName, aliasName, signal),
  );
  if (answer.outcome === "unread") {
    if (!answer.error.isRefusal) throw answer.error;
    return second?.percent === 100 ? until(`how far it is cannot be asked (${answer.reason})`) : undefined;
  }
  switch (answer.value.state) {
    case "under way":
      return until(answer.value.detail);
    case "failed":
      return { outcome: "failed", reason: `the ${what} failed at version ${version}: ${answer.value.detail}` };
    case "none":
    case "ready":
      return undefined;
    default: {
      const never: never = answer.value;
      return never;
    }
  }
}
