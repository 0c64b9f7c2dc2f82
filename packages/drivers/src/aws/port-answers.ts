import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { AwsCallError, THROTTLED_CODE } from "./aws-call-error.ts";

type Failed = Extract<PortOutcome, { readonly outcome: "failed" }>;
type Pending = Extract<PortOutcome, { readonly outcome: "pending" }>;

/** AWS counts calls by the second, for the whole account: others have their turn meanwhile. */
const THROTTLED_PAUSE_MILLISECONDS = 5_000;

/**
 * What a wish comes to that AWS has refused, or not served because of too many calls: then it is asked for again, and the error of whoever
 * gives up says so. Whoever broke, or was not reached, stays a rejection.
 *
 * @param otherwise what a refusal comes to of which the driver knows more; undefined: nothing more
 */
export async function refusedAsFailed<Outcome>(
  wish: () => Promise<Outcome>,
  otherwise: (error: AwsCallError) => Pending | Failed | undefined = () => undefined,
): Promise<Outcome | Pending | Failed> {
  try {
    return await wish();
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    if (error.deploymentCode === THROTTLED_CODE) {
      const { message: detail, deploymentCode: code } = error;
      return { outcome: "pending", retryAfterMilliseconds: THROTTLED_PAUSE_MILLISECONDS, detail, code };
    }
    if (!error.isRefusal) throw error;
    return otherwise(error) ?? failedBy(error);
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
