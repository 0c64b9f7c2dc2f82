import { setImmediate as nextTurn } from "node:timers/promises";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { COMPUTE_PLATFORMS } from "@sluice/model/deployment-config.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { SearchDeploymentsInput, SearchDeploymentsOutput } from "@sluice/wire/sluice/console-api.ts";
import { DEPLOYMENT_REQUEST, DEPLOYMENT_REVISION } from "../../../store/columns/deployment-columns.ts";
import type { DeploymentPosition } from "../../../store/deployment-history.ts";
import { type DeploymentFilter, lookForDeployments } from "../../../store/deployment-search.ts";
import { hostIdsNamed } from "../../../store/hosts.ts";
import type { SummaryRow } from "../../../store/summary-columns.ts";
import { requireApplication, requireDeploymentGroup } from "../../codedeploy/checks/known-resources.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { deploymentSummaries } from "./deployment-summary.ts";

const DEFAULT_FOUND = 50;
const MAX_FOUND = 200;
const MAX_TEXT_CHARACTERS = 200;
/** Deployments that one call looks at, in steps: others are answered in between. */
const MAX_LOOKED_AT_ONCE = 2_500;
const MAX_LOOKED = 20_000;

/**
 * The newest first. Where little fits in a long history the answer comes before all of it was looked at, with a token by which the search
 * goes on.
 */
export const searchDeployments: Operation<SearchDeploymentsInput, SearchDeploymentsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { store } = context;
  const limit = checkLimit(input.limit);
  const filter = await filterOf(input, store.db);
  const page = openPage(
    { operation: "SearchDeployments", input, token: input.nextToken, size: limit, shape: ["number", "string"] },
    context,
  );
  const [createdAt, deploymentId] = page.after ?? [];
  let after: DeploymentPosition | undefined =
    createdAt === undefined || deploymentId === undefined ? undefined : { createdAt, deploymentId };
  const found: SummaryRow[] = [];
  for (let looked = 0; looked < MAX_LOOKED; looked += MAX_LOOKED_AT_ONCE) {
    const left = limit - found.length;
    const { rows, goesOnAfter } = await lookForDeployments(store, filter, {
      after,
      limit: left,
      maxLooked: MAX_LOOKED_AT_ONCE,
    });
    found.push(...rows.filter((row) => filter.text === undefined || hasText(row, filter.text)));
    after = goesOnAfter;
    if (after === undefined || found.length === limit) break;
    await nextTurn();
  }
  return {
    deployments: await deploymentSummaries(store, found),
    ...(after
      ? {
          nextToken: page.tokenAfter([after.createdAt, after.deploymentId]),
          searchedBackTo: new Date(after.createdAt),
        }
      : {}),
  };
};

/** As a person sees them, and not as they are stored. */
function hasText(row: SummaryRow, text: string): boolean {
  const { description = "" } = DEPLOYMENT_REQUEST.read(row);
  const words = [
    row.deployment_id,
    `${row.application_name}/${row.deployment_group_name}`,
    description,
    row.revision_key,
    revisionName(DEPLOYMENT_REVISION.read(row)),
    row.error_code ?? "",
    row.error_message ?? "",
  ];
  const wanted = text.toLowerCase();
  return words.some((word) => word.toLowerCase().includes(wanted));
}

function checkLimit(limit = DEFAULT_FOUND): number {
  if (limit >= 1 && limit <= MAX_FOUND) return limit;
  throw invalid(`limit is ${limit}: give 1 to ${MAX_FOUND}, or leave it out for ${DEFAULT_FOUND}`);
}

async function filterOf(input: SearchDeploymentsInput, db: SluiceContext["store"]["db"]): Promise<DeploymentFilter> {
  const { computePlatform, creators, createdAfter, createdBefore, host, text } = input;
  if (computePlatform !== undefined && !isOneOf(COMPUTE_PLATFORMS, computePlatform)) {
    throw invalid(`computePlatform is "${excerpt(computePlatform)}": use one of ${COMPUTE_PLATFORMS.join(", ")}`);
  }
  const unknown = input.statuses?.find((status) => !isOneOf(ENUMS.DeploymentStatus, status));
  if (unknown !== undefined) {
    throw invalid(`statuses holds "${excerpt(unknown)}": use ${ENUMS.DeploymentStatus.join(", ")}`);
  }
  if (createdAfter && createdBefore && createdAfter > createdBefore) {
    throw invalid(
      `createdAfter is ${createdAfter.toISOString()}, which is after createdBefore, ${createdBefore.toISOString()}`,
    );
  }
  if (text !== undefined && text.length > MAX_TEXT_CHARACTERS) {
    throw invalid(`text has ${text.length} characters: at most ${MAX_TEXT_CHARACTERS} are looked for`);
  }
  if (host === "") throw invalid("host is empty: give a host's id or name, or leave it out");
  return {
    ...(await place(input, db)),
    computePlatform,
    // An empty list asks for none in particular, as in ListDeployments.
    statuses: input.statuses?.length ? (input.statuses as DeploymentFilter["statuses"]) : undefined,
    creators: creators?.length ? creators : undefined,
    createdFrom: createdAfter?.getTime(),
    createdTo: createdBefore?.getTime(),
    targetIds: host === undefined ? undefined : await hostIdsNamed(db, host),
    text: text || undefined,
  };
}

async function place(
  input: SearchDeploymentsInput,
  db: SluiceContext["store"]["db"],
): Promise<Pick<DeploymentFilter, "applicationId" | "deploymentGroupId">> {
  if (input.applicationName === undefined) {
    if (input.deploymentGroupName === undefined) return {};
    throw invalid("deploymentGroupName needs applicationName: groups of several applications can have the same name");
  }
  const application = await requireApplication(db, requireApplicationName(input.applicationName));
  if (input.deploymentGroupName === undefined) return { applicationId: application.application_id };
  const name = requireDeploymentGroupName(input.deploymentGroupName);
  return { deploymentGroupId: (await requireDeploymentGroup(db, application, name)).deployment_group_id };
}

function invalid(message: string): CallerFault {
  return new CallerFault("ValidationException", `${message}.`);
}
