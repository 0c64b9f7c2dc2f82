import type { WithholdReport } from "@sluice/engine/observation.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Store } from "../store/open-store.ts";
import { loadSomeTargets } from "../store/targets.ts";
import { requestOfActive, routedHosts } from "./routed-hosts.ts";

/**
 * Asks the load balancers to keep hosts out, once for each. Undefined: the deployment is over, and what becomes of its hosts is not its
 * business any more.
 */
export async function withholdReplacements(
  { store, trafficRouter }: { readonly store: Store; readonly trafficRouter: TrafficRouter },
  deploymentId: string,
  targetIds: readonly string[],
  signal: AbortSignal,
): Promise<(WithholdReport & { readonly retryAfterMilliseconds: number }) | undefined> {
  const request = await requestOfActive(store, deploymentId);
  if (!request) return undefined;
  const targets = await loadSomeTargets(store, deploymentId, targetIds);
  const hosts = targets.map(({ targetId, hostName }) => ({ hostId: targetId, hostName }));
  const waits: number[] = [];
  const details: string[] = [];
  for (const host of await routedHosts(store, hosts, request)) {
    // Of many hosts that take their time, the last one's turn may come when somebody else deploys to it.
    if (!(await requestOfActive(store, deploymentId))) return undefined;
    const outcome = await trafficRouter.block(host, signal);
    if (outcome.outcome === "failed") {
      return { outcome: "failed", detail: `${host.hostName}: ${outcome.reason}`, retryAfterMilliseconds: 0 };
    }
    if (outcome.outcome === "done") continue;
    waits.push(outcome.retryAfterMilliseconds);
    details.push(`${host.hostName}: ${outcome.detail}`);
  }
  if (waits.length === 0) return { outcome: "done", detail: "", retryAfterMilliseconds: 0 };
  return { outcome: "pending", detail: details.join("; "), retryAfterMilliseconds: Math.min(...waits) };
}
