import { CallerFault } from "@sluice/model/caller-fault.ts";
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
  const deploymentId = executionId ? EXECUTION_ID.exec(executionId)?.[1] : undefined;
  if (!deploymentId) {
    throw new CallerFault(
      "ClientException",
      `DeploymentExecutionId '${executionId ?? ""}' is none that a poll was answered with.`,
    );
  }
  return deploymentId;
}
