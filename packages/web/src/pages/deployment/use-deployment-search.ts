import { getRouteApi } from "@tanstack/react-router";
import type { DeploymentSearch } from "./deployment-search.ts";

const route = getRouteApi("/inside/-/deployments/$deployment");

/** What the address says of the page, and how to change it. `undefined` takes a member out. */
export function useDeploymentSearch(): readonly [
  DeploymentSearch,
  (change: { readonly [Key in keyof DeploymentSearch]?: DeploymentSearch[Key] | undefined }, isStep?: boolean) => void,
] {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return [
    search,
    // A filter is no step to come back to, another tab is one.
    (change, isStep = false) =>
      void navigate({
        search: (old) => ({ ...old, ...change }) as DeploymentSearch,
        replace: !isStep,
        resetScroll: false,
      }),
  ];
}

export function useDeploymentId(): string {
  return route.useParams().deployment;
}
