import type { DeploymentConfigInfo } from "@aws-sdk/client-codedeploy";
import { PREDEFINED_DEPLOYMENT_CONFIGS } from "@sluice/model/predefined-deployment-configs.ts";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { useLive } from "../api/live.ts";
import { operationKey } from "../api/use-operation.ts";

const KEY = ["configs"];

/** All configurations, the predefined ones first. Those of people are asked for one by one, and never change once they are there. */
export function useConfigs(): UseQueryResult<readonly DeploymentConfigInfo[], Error> {
  const client = useQueryClient();
  useLive(KEY, { changed: ["configs"] });
  return useQuery<readonly DeploymentConfigInfo[], Error>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const names = await configNames(signal);
      const predefined = PREDEFINED_DEPLOYMENT_CONFIGS as readonly DeploymentConfigInfo[];
      const known = new Set(predefined.map(({ deploymentConfigName }) => deploymentConfigName));
      const own = names.filter((name) => !known.has(name)).sort();
      const infos = await Promise.all(
        own.map((deploymentConfigName) =>
          client.fetchQuery({
            queryKey: operationKey("CodeDeploy", "GetDeploymentConfig", { deploymentConfigName }),
            queryFn: () => call("CodeDeploy", "GetDeploymentConfig", { deploymentConfigName }),
          }),
        ),
      );
      return [...predefined, ...infos.flatMap(({ deploymentConfigInfo }) => deploymentConfigInfo ?? [])];
    },
  });
}

async function configNames(signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call(
      "CodeDeploy",
      "ListDeploymentConfigs",
      nextToken === undefined ? {} : { nextToken },
      signal,
    );
    names.push(...(page.deploymentConfigsList ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
