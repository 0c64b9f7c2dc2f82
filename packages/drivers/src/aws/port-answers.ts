import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { AwsCallError } from "./aws-call-error.ts";

type Failed = Extract<PortOutcome, { readonly outcome: "failed" }>;

/** What a wish comes to that AWS has refused. Whoever was busy, or was not reached, stays a rejection. */
export async function refusedAsFailed<Outcome>(wish: () => Promise<Outcome>): Promise<Outcome | Failed> {
  try {
    return await wish();
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    return failedBy(error);
  }
}

/** What a question comes to that AWS has refused: a {@link PortRefusal}. */
export async function refusedAsRefusal<Answer>(
  deploymentCode: string,
  question: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    throw new PortRefusal(error.deploymentCode ?? deploymentCode, error.message, { cause: error });
  }
}

export function failedBy({ message, deploymentCode }: AwsCallError): Failed {
  return { outcome: "failed", reason: message, ...(deploymentCode === undefined ? {} : { code: deploymentCode }) };
}
