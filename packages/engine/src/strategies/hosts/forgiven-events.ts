import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { DeploymentState } from "../../state.ts";
import { hostRulesOf } from "./host-rules.ts";

/** Events whose failure `ignoreApplicationStopFailures` forgives (CreateDeployment's documentation). */
const FORGIVABLE: ReadonlySet<LifecycleEventName> = new Set([
  "ApplicationStop",
  "BeforeBlockTraffic",
  "AfterBlockTraffic",
]);
const NONE: ReadonlySet<LifecycleEventName> = new Set();

export function forgivenEvents(state: Pick<DeploymentState, "strategy">): ReadonlySet<LifecycleEventName> {
  return hostRulesOf(state).ignoreApplicationStopFailures ? FORGIVABLE : NONE;
}
