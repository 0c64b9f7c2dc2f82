import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { targetGroupName } from "@sluice/engine/ports/target-group-name.ts";
import type { TargetGroupPair, WeightedRouter } from "@sluice/engine/ports/weighted-router.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";

export const WEIGHTED_ROUTER_PORT = "weighted-router";
/** The driver whose load balancers this server runs itself. */
export const LOCAL_BALANCER = "haproxy";

type BoundRouter = BoundDriver<WeightedRouter>;

/** One router that asks for each pair of target groups the driver that its binding names. */
export function boundWeightedRouter(bound: readonly BoundRouter[]): WeightedRouter {
  const ask = async <Answer>(
    pair: TargetGroupPair,
    signal: AbortSignal,
    call: (router: WeightedRouter) => Promise<Answer>,
    unbound: (reason: string) => Answer,
  ): Promise<Answer> => {
    signal.throwIfAborted();
    const found = routerOfPair(bound, pair);
    if (!found) return unbound(missingBinding(pair));
    try {
      return await call(found.instance);
    } catch (error) {
      throw faultOfBinding(error, found.binding, signal);
    }
  };
  const refused = (reason: string): PortOutcome => ({
    outcome: "failed",
    reason,
    code: "ELASTIC_LOAD_BALANCING_INVALID",
  });
  return {
    describe: (pair, signal) =>
      ask(
        pair,
        signal,
        (router) => router.describe(pair, signal),
        (reason) => ({ outcome: "unusable", reason }),
      ),
    splitProduction: (pair, weights, signal) =>
      ask(pair, signal, (router) => router.splitProduction(pair, weights, signal), refused),
    sendTest: (pair, targetGroup, signal) =>
      ask(pair, signal, (router) => router.sendTest(pair, targetGroup, signal), refused),
  };
}

/** Who serves a pair. The first binding that matches one of its groups, by name or ARN, or its production listener's ARN counts. */
export function routerOfPair(bound: readonly BoundRouter[], pair: TargetGroupPair): BoundRouter | undefined {
  const { targetGroups, productionListener } = pair;
  return bound.find(
    ({ binding: { match } }) =>
      matchesPattern(match, productionListener) || targetGroups.some((group) => isGroupMatched(match, group)),
  );
}

function isGroupMatched(match: string, group: string): boolean {
  if (matchesPattern(match, group)) return true;
  // Two ARNs that differ are two groups, be their names the same.
  if (match.startsWith("arn:") && group.startsWith("arn:")) return false;
  return matchesPattern(targetGroupName(match), targetGroupName(group));
}

/** The cure is a binding that can be copied. */
function missingBinding({ targetGroups }: TargetGroupPair): string {
  const [first, second] = targetGroups;
  const example = `- { match: ${JSON.stringify(first)}, port: ${WEIGHTED_ROUTER_PORT}, driver: elbv2, settings: { region: eu-central-1, accessKeyId: …, secretAccessKey: … } }`;
  return (
    `no binding says which load balancer serves ${JSON.stringify(first)} and ${JSON.stringify(second)}: add one to the bindings in sluice.yml ` +
    `(for a load balancer of AWS the driver elbv2, for one on this machine the driver haproxy), such as ${example}, ` +
    "and restart the server with --config sluice.yml"
  );
}
