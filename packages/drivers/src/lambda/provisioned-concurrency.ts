import type { GetProvisionedConcurrencyConfigCommandOutput } from "@aws-sdk/client-lambda";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import type { LambdaCalls } from "./lambda-client.ts";
import { isNotFound } from "./version-facts.ts";

/** How far provisioned concurrency is. `none`: nobody wants any there. */
export type ProvisionedConcurrency =
  | { readonly state: "none" | "ready" }
  /** In words, without a full stop. */
  | { readonly state: "under way" | "failed"; readonly detail: string };

/**
 * Of a version, or of an alias (which then has it in place of its versions). Rejects with an AwsCallError.
 *
 * @param qualifier a version or an alias
 */
export async function provisionedConcurrencyOf(
  call: AwsCaller<LambdaCalls>,
  functionName: string,
  qualifier: string,
  signal: AbortSignal,
): Promise<ProvisionedConcurrency> {
  const input = { FunctionName: functionName, Qualifier: qualifier };
  try {
    const answer = await call("GetProvisionedConcurrencyConfig", signal, (client, options) =>
      client.getProvisionedConcurrency(input, options),
    );
    return stateOf(answer);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    const isNone = error.code.startsWith("ProvisionedConcurrencyConfigNotFound") || isNotFound(error);
    if (isNone) return { state: "none" };
    throw error;
  }
}

function stateOf({
  Status,
  StatusReason,
  AllocatedProvisionedConcurrentExecutions: allocated = 0,
  RequestedProvisionedConcurrentExecutions: requested = 0,
}: GetProvisionedConcurrencyConfigCommandOutput): ProvisionedConcurrency {
  switch (Status) {
    case "READY":
      return { state: "ready" };
    case "FAILED":
      return { state: "failed", detail: StatusReason ?? "Lambda gives no reason" };
    default:
      return { state: "under way", detail: `${allocated} of ${requested} are allocated` };
  }
}
