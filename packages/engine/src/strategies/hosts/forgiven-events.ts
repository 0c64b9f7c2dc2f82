import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";

/** Events whose failure `ignoreApplicationStopFailures` forgives (CreateDeployment's documentation). */
const FORGIVABLE: ReadonlySet<LifecycleEventName> = new Set([
  "ApplicationStop",
  "BeforeBlockTraffic",
  "AfterBlockTraffic",
]);
const NONE: ReadonlySet<LifecycleEventName> = new Set();

export function forgivenEvents({
  ignoreApplicationStopFailures,
}: {
  readonly ignoreApplicationStopFailures: boolean;
}): ReadonlySet<LifecycleEventName> {
  return ignoreApplicationStopFailures ? FORGIVABLE : NONE;
}
