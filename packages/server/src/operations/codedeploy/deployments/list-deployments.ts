import type { ListDeploymentsInput, ListDeploymentsOutput } from "@aws-sdk/client-codedeploy";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { MAX_RESOURCE_EXTERNAL_ID_CHARACTERS, PAGE_ITEMS } from "@sluice/model/limits.ts";
import { listDeployments as listRows } from "../../../store/deployment-history.ts";
import { openPage } from "../../listed-page.ts";
import { requireApplication, requireDeploymentGroup } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";

/** Newest first. Application and group are given together or not at all. */
export const listDeployments: CodeDeployOperation<ListDeploymentsInput, ListDeploymentsOutput> = async (
  input,
  context,
) => {
  const { db } = context.store;
  const names = readNames(input);
  checkFilters(input);
  const page = openPage(
    { operation: "ListDeployments", input, token: input.nextToken, size: PAGE_ITEMS, shape: ["number", "string"] },
    context,
  );
  const [createdAt, deploymentId] = page.after ?? [];
  const application = names && (await requireApplication(db, names.applicationName));
  const group = application && (await requireDeploymentGroup(db, application, names.groupName));
  const rows = await listRows(db, {
    deploymentGroupId: group?.deployment_group_id,
    externalId: input.externalId,
    // An empty list asks for no status in particular.
    statuses: input.includeOnlyStatuses?.length ? input.includeOnlyStatuses : undefined,
    createdFrom: input.createTimeRange?.start?.getTime(),
    createdTo: input.createTimeRange?.end?.getTime(),
    after: createdAt === undefined || deploymentId === undefined ? undefined : { createdAt, deploymentId },
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(rows, (row) => [row.createdAt, row.deploymentId]);
  return { deployments: items.map((row) => row.deploymentId), nextToken };
};

function readNames(input: ListDeploymentsInput): { applicationName: string; groupName: string } | undefined {
  if (input.applicationName === undefined && input.deploymentGroupName === undefined) return undefined;
  return {
    applicationName: requireApplicationName(input.applicationName),
    groupName: requireDeploymentGroupName(input.deploymentGroupName),
  };
}

function checkFilters({ includeOnlyStatuses, createTimeRange, externalId }: ListDeploymentsInput): void {
  const unknown = includeOnlyStatuses?.find((status) => !isOneOf(ENUMS.DeploymentStatus, status));
  if (unknown !== undefined) {
    throw new CallerFault(
      "InvalidDeploymentStatusException",
      `includeOnlyStatuses holds "${excerpt(unknown)}": use ${ENUMS.DeploymentStatus.join(", ")}.`,
    );
  }
  const { start, end } = createTimeRange ?? {};
  if (start && end && start > end) {
    throw new CallerFault(
      "InvalidTimeRangeException",
      `createTimeRange starts at ${start.toISOString()}, which is after its end, ${end.toISOString()}: exchange them.`,
    );
  }
  if (externalId === "") {
    throw new CallerFault("InvalidExternalIdException", "externalId is empty: give an id, or leave it out.");
  }
  if (externalId !== undefined && externalId.length > MAX_RESOURCE_EXTERNAL_ID_CHARACTERS) {
    throw new CallerFault(
      "InvalidExternalIdException",
      `externalId has ${externalId.length} characters: at most ${MAX_RESOURCE_EXTERNAL_ID_CHARACTERS} are allowed, as in the tag sluice:external-id that gives it.`,
    );
  }
}
