import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import type { CodeDeployClient, SluiceClient } from "@sluice/wire/client/clients.ts";
import type { DeploymentSummary, SearchDeploymentsInput } from "@sluice/wire/sluice/console-api.ts";
import { inBatches } from "../place/all-pages.ts";

/** BatchGetDeployments takes at most so many ids (codedeploy-api.json). */
const MAX_DEPLOYMENTS_BATCH = 25;
/** SearchDeployments answers at most so many. */
const FOUND_AT_ONCE = 200;

export interface ListedDeployments {
  /** The newest first. */
  readonly deployments: readonly DeploymentSummary[];
  readonly hasMore: boolean;
}

/** Goes on through the history until `limit` are found. */
export async function findDeployments(
  sluice: Pick<SluiceClient, "call">,
  filter: Omit<SearchDeploymentsInput, "limit" | "nextToken">,
  limit: number,
): Promise<ListedDeployments> {
  const deployments: DeploymentSummary[] = [];
  let nextToken: string | undefined;
  do {
    const left = Math.min(limit - deployments.length, FOUND_AT_ONCE);
    const page = await sluice.call("SearchDeployments", { ...filter, limit: left, nextToken });
    deployments.push(...page.deployments);
    nextToken = page.nextToken;
  } while (nextToken !== undefined && deployments.length < limit);
  return { deployments, hasMore: nextToken !== undefined };
}

/** As GetDeployment tells them, in the order of the ids. */
export async function deploymentInfos(
  codeDeploy: Pick<CodeDeployClient, "call">,
  deployments: readonly DeploymentSummary[],
): Promise<DeploymentInfo[]> {
  const infos = new Map<string | undefined, DeploymentInfo>();
  const ids = deployments.map(({ deploymentId }) => deploymentId);
  for (const deploymentIds of inBatches(ids, MAX_DEPLOYMENTS_BATCH)) {
    const { deploymentsInfo = [] } = await codeDeploy.call("BatchGetDeployments", { deploymentIds });
    for (const info of deploymentsInfo) infos.set(info.deploymentId, info);
  }
  return ids.flatMap((id) => infos.get(id) ?? []);
}
