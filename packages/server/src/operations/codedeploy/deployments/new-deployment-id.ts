import { DEPLOYMENT_ID_ALPHABET, DEPLOYMENT_ID_CHARACTERS, DEPLOYMENT_ID_PREFIX } from "@sluice/model/name-syntax.ts";
import type { OperationContext } from "../../operation.ts";

/** `d-` and nine characters: one of 10^14, so that chance never meets an id twice; the primary key would refuse it. */
export function newDeploymentId(randomText: OperationContext["randomText"]): string {
  return DEPLOYMENT_ID_PREFIX + randomText(DEPLOYMENT_ID_ALPHABET, DEPLOYMENT_ID_CHARACTERS);
}
