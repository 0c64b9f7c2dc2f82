import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { balancerNames } from "@sluice/model/deployment-group-fields.ts";
import { DEPLOYMENT_REQUEST } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { compiledListQuery, compiledQuery } from "../store/compiled-query.ts";
import { inListParts } from "../store/in-list.ts";
import type { Store } from "../store/open-store.ts";

/** What an active deployment was asked; undefined when it is over, and its hosts' traffic is not its business any more. */
export async function requestOfActive(
  { db }: Pick<Store, "db">,
  deploymentId: string,
): Promise<DeploymentRequest | undefined> {
  const [row] = (await activeRequest(db, { deploymentId })).rows;
  return row && DEPLOYMENT_REQUEST.read(row);
}

const activeRequest = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db
    .selectFrom("deployments")
    .select(["deployment_id", "request_json"])
    .where("deployment_id", "=", deploymentId)
    .where("active", "=", 1),
);

/** Hosts as their load balancers know them, in the order of `hosts`. */
export async function routedHosts(
  { db }: Pick<Store, "db">,
  hosts: readonly { readonly hostId: string; readonly hostName: string }[],
  request: DeploymentRequest,
): Promise<RoutedHost[]> {
  const groups = balancerNames(request.loadBalancerInfo);
  const addresses = new Map<string, string | null>();
  for (const part of inListParts(hosts)) {
    const ids = part.map(({ hostId }) => hostId);
    for (const row of (await addressesOf(db, ids)).rows) addresses.set(row.host_id, row.address);
  }
  return hosts.map(({ hostId, hostName }) => ({ hostId, hostName, groups, address: addresses.get(hostId) ?? null }));
}

const addressesOf = compiledListQuery((db, hostIds) =>
  db.selectFrom("hosts").select(["host_id", "address"]).where("host_id", "in", hostIds),
);
