import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { OperationContext } from "../operation.ts";

/**
 * `account/application id/group id/deployment id`: the agents ask for four parts and at most 129 characters (agent-protocol.md), and
 * look at none but the last.
 */
export async function executionIdOf(
  deploymentId: string,
  { store, accountId }: Pick<OperationContext, "store" | "accountId">,
): Promise<string> {
  const row = await store.db
    .selectFrom("deployments")
    .select(["application_id", "deployment_group_id"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  return `${accountId}/${row.application_id}/${row.deployment_group_id}/${deploymentId}`;
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
