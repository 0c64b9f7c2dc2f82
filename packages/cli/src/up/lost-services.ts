import type { CodeDeployClient } from "@sluice/wire/client/clients.ts";
import { collected } from "../place/all-pages.ts";
import { listApplications, listGroups, listTargets } from "../place/listings.ts";
import type { LocalHost } from "./host-site.ts";

/** A deployment whose services ended with an earlier run. */
export interface LostServices {
  readonly application: string;
  readonly group: string;
  readonly deploymentId: string;
  /** Those of the hosts that had it, by name. */
  readonly hosts: readonly string[];
}

/**
 * What hooks had started on hosts that are started again: the processes ended with the last run, and nothing starts them, since there is no
 * init system on these hosts. To be asked before anything is deployed in this run.
 */
export async function findLostServices(
  codeDeploy: CodeDeployClient,
  hosts: readonly Pick<LocalHost, "id" | "name">[],
): Promise<LostServices[]> {
  const found: LostServices[] = [];
  for await (const application of listApplications(codeDeploy)) {
    for await (const group of listGroups(codeDeploy, application)) {
      const { deploymentGroupInfo } = await codeDeploy.call("GetDeploymentGroup", {
        applicationName: application,
        deploymentGroupName: group,
      });
      const deploymentId = deploymentGroupInfo?.lastSuccessfulDeployment?.deploymentId;
      if (deploymentId === undefined) continue;
      const targets = new Set(await collected(listTargets(codeDeploy, deploymentId)));
      const had = hosts.filter(({ id }) => targets.has(id)).map(({ name }) => name);
      if (had.length > 0) found.push({ application, group, deploymentId, hosts: had });
    }
  }
  return found;
}

/** As lines to print. `data` is what the command needs to find the server; empty when it finds it by itself. */
export function describeLostServices(lost: readonly LostServices[], dataOption: string): string[] {
  return lost.flatMap(({ application, group, deploymentId, hosts }) => [
    `${hosts.join(", ")}: the services of ${deploymentId} (${application}, ${group}) stopped when the last run ended. To deploy its revision again:`,
    `  sluice rollback --application ${application} --group ${group} --to ${deploymentId} --watch${dataOption}`,
  ]);
}
