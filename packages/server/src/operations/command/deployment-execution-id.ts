import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_EXECUTION_ID_CHARACTERS } from "@sluice/model/limits.ts";
import type { OperationContext } from "../operation.ts";

/**
 * `account/region/deployment/deployment id`: the agents ask for four parts and at most 129 characters (agent-protocol.md), and look at
 * none but the last.
 */
export function executionIdOf(
  deploymentId: string,
  { accountId, region }: Pick<OperationContext, "accountId" | "region">,
): string {
  return `${accountId}/${region}/deployment/${deploymentId}`;
}

const EXECUTION_ID = /^[^/]+\/[^/]+\/[^/]+\/([^/]+)$/;

export function deploymentIdOf(executionId: string | undefined): string {
  const isReadable = executionId !== undefined && executionId.length <= MAX_EXECUTION_ID_CHARACTERS;
  const deploymentId = isReadable ? EXECUTION_ID.exec(executionId)?.[1] : undefined;
  if (!deploymentId) {
    throw new CallerFault(
      "ClientException",
      `DeploymentExecutionId '${excerpt(executionId ?? "")}' was not in any answer to a poll.`,
    );
  }
  return deploymentId;
}
