import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { MAX_BATCH_DEPLOYMENT_GROUPS } from "@sluice/model/limits.ts";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { useLive } from "../api/live.ts";

const KEY = ["all-groups"];

/** Every group of every application, as the API describes it. */
export function useAllGroups(): UseQueryResult<readonly DeploymentGroupInfo[], Error> {
  useLive(KEY, { changed: ["groups", "applications"] });
  return useQuery<readonly DeploymentGroupInfo[], Error>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { groups } = await call("Sluice", "GetOverview", {}, signal);
      const byApplication = new Map<string, string[]>();
      for (const { applicationName, deploymentGroupName } of groups) {
        if (deploymentGroupName === "") continue;
        byApplication.set(applicationName, [...(byApplication.get(applicationName) ?? []), deploymentGroupName]);
      }
      const infos: DeploymentGroupInfo[] = [];
      for (const [applicationName, names] of byApplication) {
        for (let start = 0; start < names.length; start += MAX_BATCH_DEPLOYMENT_GROUPS) {
          const deploymentGroupNames = names.slice(start, start + MAX_BATCH_DEPLOYMENT_GROUPS);
          const batch = { applicationName, deploymentGroupNames };
          const answer = await call("CodeDeploy", "BatchGetDeploymentGroups", batch, signal);
          infos.push(...(answer.deploymentGroupsInfo ?? []));
        }
      }
      return infos;
    },
  });
}

/** How many groups name each configuration. */
export function groupsByConfig(
  groups: readonly DeploymentGroupInfo[],
): ReadonlyMap<string, readonly DeploymentGroupInfo[]> {
  const found = new Map<string, DeploymentGroupInfo[]>();
  for (const group of groups) {
    const name = group.deploymentConfigName ?? "";
    found.set(name, [...(found.get(name) ?? []), group]);
  }
  return found;
}
