import { useAll } from "./use-all.ts";

/** How many deployments go with what is deleted: of an application, or of one of its groups. Undefined until they are counted. */
export function useDeploymentCount(
  applicationName: string,
  groups: readonly string[],
  enabled: boolean,
): number | undefined {
  // The API lists those of one group, or of all applications together.
  const [first = ""] = groups;
  const { data } = useAll(
    "CodeDeploy",
    "ListDeployments",
    { applicationName, deploymentGroupName: first },
    ({ deployments }) => deployments,
    { enabled: enabled && groups.length === 1 },
  );
  const ofAll = useAll(
    "Sluice",
    "SearchDeployments",
    { applicationName, limit: 200 },
    ({ deployments }) => deployments,
    { enabled: enabled && groups.length > 1 },
  );
  if (groups.length === 0) return 0;
  return groups.length === 1 ? data?.length : ofAll.data?.length;
}

/** `the history of 3 deployments` */
export function historyWords(count: number | undefined): string {
  if (count === undefined) return "the history of their deployments";
  return `the history of ${count.toLocaleString()} ${count === 1 ? "deployment" : "deployments"}`;
}
