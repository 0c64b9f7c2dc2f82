import type { ListDeploymentTargetsInput, ListDeploymentTargetsOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listTargetIds } from "../../../store/target-listing.ts";
import { openPage } from "../../listed-page.ts";
import { requireDeployment } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { readLabels, readStatuses, requireLabelled, requireStarted } from "./target-input.ts";

/** In the order in which hosts are admitted. */
export const listDeploymentTargets: CodeDeployOperation<
  ListDeploymentTargetsInput,
  ListDeploymentTargetsOutput
> = async (input, context) => {
  const { db } = context.store;
  const deploymentId = requireDeploymentId(input.deploymentId);
  const filters = input.targetFilters ?? {};
  const unknown = Object.keys(filters).find((name) => !isOneOf(ENUMS.TargetFilterName, name));
  if (unknown !== undefined) {
    throw new CallerFault(
      "InvalidTargetFilterNameException",
      `targetFilters holds the name "${excerpt(unknown)}": use ${ENUMS.TargetFilterName.join(", ")}.`,
    );
  }
  const statuses = readStatuses("targetFilters.TargetStatus", filters.TargetStatus);
  const label = "targetFilters.ServerInstanceLabel";
  const labels = readLabels(label, filters.ServerInstanceLabel);
  const page = openPage(
    { operation: "ListDeploymentTargets", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["number"] },
    context,
  );
  const [after] = page.after ?? [-1];
  const deployment = await requireDeployment(db, deploymentId);
  requireLabelled(label, labels, deployment);
  await requireStarted(db, deployment);
  const rows = await listTargetIds(db, { deploymentId, statuses, labels, after, limit: page.limit });
  const { items, nextToken } = page.cut(rows, (row) => [row.ordinal]);
  return { targetIds: items.map((row) => row.targetId), nextToken };
};
