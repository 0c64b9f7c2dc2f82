import type { ListDeploymentInstancesInput, ListDeploymentInstancesOutput } from "@aws-sdk/client-codedeploy";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listTargetIds } from "../../../store/target-listing.ts";
import { openPage } from "../../listed-page.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { readLabels, readStatuses, requireHosts, requireLabelled, requireStarted } from "./target-input.ts";

/** The older ListDeploymentTargets: ids, in the order in which hosts are admitted. */
export const listDeploymentInstances: CodeDeployOperation<
  ListDeploymentInstancesInput,
  ListDeploymentInstancesOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const statuses = readStatuses("instanceStatusFilter", input.instanceStatusFilter);
  const labels = readLabels("instanceTypeFilter", input.instanceTypeFilter);
  const page = openPage(
    { operation: "ListDeploymentInstances", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["number"] },
    context,
  );
  const [after] = page.after ?? [-1];
  const deployment = await requireDeployment(db, deploymentId);
  requireHosts(deployment);
  requireLabelled("instanceTypeFilter", labels, deployment);
  await requireStarted(db, deployment);
  const rows = await listTargetIds(db, { deploymentId, statuses, labels, after, limit: page.limit });
  const { items, nextToken } = page.cut(rows, (row) => [row.ordinal]);
  return { instancesList: items.map((row) => row.targetId), nextToken };
};
