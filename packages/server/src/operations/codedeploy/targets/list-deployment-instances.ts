import type { ListDeploymentInstancesInput, ListDeploymentInstancesOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { listTargetIds } from "../../../store/target-listing.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import { PAGE_READ_ITEMS, readNextToken, toPage } from "../checks/next-token.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { readLabels, readStatuses, requireHosts, requireLabelled, requireStarted } from "./target-input.ts";

/** The older ListDeploymentTargets: ids, in the order in which hosts are admitted. */
export const listDeploymentInstances: CodeDeployOperation<
  ListDeploymentInstancesInput,
  ListDeploymentInstancesOutput
> = async (input, { store: { db } }) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const statuses = readStatuses("instanceStatusFilter", input.instanceStatusFilter);
  const labels = readLabels("instanceTypeFilter", input.instanceTypeFilter);
  const [after] = readNextToken("ListDeploymentInstances", input.nextToken, ["number"]) ?? [-1];
  const deployment = await requireDeployment(db, deploymentId);
  requireHosts(deployment);
  requireLabelled("instanceTypeFilter", labels, deployment);
  await requireStarted(db, deployment);
  const rows = await listTargetIds(db, { deploymentId, statuses, labels, after, limit: PAGE_READ_ITEMS });
  const { items, nextToken } = toPage("ListDeploymentInstances", rows, (row) => [row.ordinal]);
  return { instancesList: items.map((row) => row.targetId), nextToken };
};
