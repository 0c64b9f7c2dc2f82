import { invariant } from "@sluice/model/invariant.ts";
import type { DeploymentState, HostStrategy } from "../../state.ts";

/** What holds for the hosts of a deployment. Only the strategies of hosts ask. */
export function hostRulesOf({ strategy }: Pick<DeploymentState, "strategy">): HostStrategy {
  invariant("healthRule" in strategy, `${strategy.type} is no strategy of hosts`);
  return strategy;
}
