import { joinBalancers } from "@sluice/engine/ports/join-balancers.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { HostTraffic, RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";

export const TRAFFIC_ROUTER_PORT = "traffic-router";

type BoundRouter = BoundDriver<TrafficRouter>;

/** The groups of one host that one driver serves. */
interface Share {
  readonly bound: BoundRouter;
  readonly host: RoutedHost;
}

/** One router that asks for each group the driver that its binding names. Nothing is touched while a group has no binding. */
export function boundTrafficRouter(bound: readonly BoundRouter[]): TrafficRouter {
  const act = async (what: "block" | "allow", host: RoutedHost, signal: AbortSignal): Promise<PortOutcome> => {
    signal.throwIfAborted();
    const { shares, unserved } = split(bound, host);
    if (unserved.length > 0) return { outcome: "failed", reason: unserved.map(missingBinding).join("; ") };
    const outcomes = await Promise.allSettled(
      shares.map((share) => named(share, signal, () => share.bound.instance[what](share.host, signal))),
    );
    return together(outcomes);
  };
  return {
    block: (host, signal) => act("block", host, signal),
    allow: (host, signal) => act("allow", host, signal),
    observe: async (host, signal) => {
      signal.throwIfAborted();
      const { shares } = split(bound, host);
      const seen = await Promise.all(
        shares.map((share) => named(share, signal, () => share.bound.instance.observe(share.host, signal))),
      );
      const byGroup = new Map(seen.flat().map((traffic) => [traffic.group, traffic]));
      return host.groups.map(
        (group): HostTraffic => byGroup.get(group) ?? { group, state: "unknown", detail: missingBinding(group) },
      );
    },
  };
}

/** Who serves a target group or load balancer, called by its name or its ARN. */
export function routerOfGroup(bound: readonly BoundRouter[], group: string): BoundRouter | undefined {
  return bound.find(({ binding: { match } }) => {
    if (matchesPattern(match, group)) return true;
    // Two ARNs that differ are two groups, be their names the same.
    return !(isArn(match) && isArn(group)) && matchesPattern(nameInArn(match), nameInArn(group));
  });
}

function isArn(text: string): boolean {
  return text.startsWith("arn:");
}

/** The cure is a binding that can be copied. */
function missingBinding(group: string): string {
  const example = `- { match: ${JSON.stringify(group)}, port: ${TRAFFIC_ROUTER_PORT}, driver: haproxy, settings: { sockets: /run/haproxy/admin.sock } }`;
  return (
    `no binding says which load balancer serves ${JSON.stringify(group)}: add one to the bindings in sluice.yml ` +
    `(driver haproxy or elbv2), such as ${example}, and restart the server with --config sluice.yml`
  );
}

/**
 * `web` of `arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/web/6d0ecf83` and of `…:loadbalancer/app/web/50dc6c49`; the whole text
 * when it is not such an ARN. AWS appends an id that a group's name does not tell.
 */
function nameInArn(text: string): string {
  const found = /^arn:[^/]*:(?:targetgroup|loadbalancer(?:\/(?:app|net|gwy)(?=\/))?)\/([^/]+)/.exec(text);
  return found?.[1] ?? text;
}

function split(bound: readonly BoundRouter[], host: RoutedHost): { shares: readonly Share[]; unserved: string[] } {
  const byInstance = new Map<TrafficRouter, { bound: BoundRouter; groups: string[] }>();
  const unserved: string[] = [];
  for (const group of host.groups) {
    const found = routerOfGroup(bound, group);
    const share = found && (byInstance.get(found.instance) ?? { bound: found, groups: [] });
    if (!share) unserved.push(group);
    else {
      share.groups.push(group);
      byInstance.set(share.bound.instance, share);
    }
  }
  const shares = [...byInstance.values()].map((share) => ({
    bound: share.bound,
    host: { ...host, groups: share.groups },
  }));
  return { shares, unserved };
}

async function named<Result>({ bound }: Share, signal: AbortSignal, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw faultOfBinding(error, bound.binding, signal);
  }
}

/** A no of one balancer counts, though another cannot be reached. */
function together(settled: readonly PromiseSettledResult<PortOutcome>[]): PortOutcome {
  const outcomes = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const rejected = settled.find((one) => one.status === "rejected");
  if (rejected && !outcomes.some(({ outcome }) => outcome === "failed")) throw rejected.reason;
  return joinBalancers(outcomes);
}
