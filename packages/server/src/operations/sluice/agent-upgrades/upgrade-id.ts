import { DEPLOYMENT_ID_ALPHABET, DEPLOYMENT_ID_CHARACTERS } from "@sluice/model/name-syntax.ts";
import type { OperationContext } from "../../operation.ts";

/** `u-` and nine characters, as a deployment's id has them. */
export function newUpgradeId(randomText: OperationContext["randomText"]): string {
  return `u-${randomText(DEPLOYMENT_ID_ALPHABET, DEPLOYMENT_ID_CHARACTERS)}`;
}
