import type { CodeDeployClient, SluiceClient } from "@sluice/wire/client/clients.ts";
import type { CallOptions } from "@sluice/wire/client/service-client.ts";
import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { allPages, collected } from "./all-pages.ts";

export function listApplications(codeDeploy: CodeDeployClient): AsyncGenerator<string> {
  return allPages(
    (nextToken) => codeDeploy.call("ListApplications", { nextToken }),
    ({ applications }) => applications,
  );
}

export function listGroups(codeDeploy: CodeDeployClient, applicationName: string): AsyncGenerator<string> {
  return allPages(
    (nextToken) => codeDeploy.call("ListDeploymentGroups", { applicationName, nextToken }),
    ({ deploymentGroups }) => deploymentGroups,
  );
}

/** The ids of a deployment's targets. @throws DeploymentNotStartedException, as long as it has none */
export function listTargets(
  codeDeploy: CodeDeployClient,
  deploymentId: string,
  options?: CallOptions,
): AsyncGenerator<string> {
  return allPages(
    (nextToken) => codeDeploy.call("ListDeploymentTargets", { deploymentId, nextToken }, options),
    ({ targetIds }) => targetIds,
  );
}

export interface ListedHosts {
  readonly hosts: readonly HostSummary[];
  /** What the server says of its hosts as a whole. */
  readonly trouble: string | undefined;
}

/** Every host, those that were removed only with `includeRetired`. */
export async function listHosts(
  sluice: SluiceClient,
  { includeRetired = false, ...options }: CallOptions & { readonly includeRetired?: boolean } = {},
): Promise<ListedHosts> {
  let trouble: string | undefined;
  const hosts = await collected(
    allPages(
      async (nextToken) => {
        const page = await sluice.call("ListHosts", { includeRetired, nextToken }, options);
        trouble = page.trouble;
        return page;
      },
      (page) => page.hosts,
    ),
  );
  return { hosts, trouble };
}
