import type { TargetState } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { RULES } from "../../violation.ts";
import { FORGIVEN, targetsOf, type Watched, type WatcherParts } from "../../watched.ts";
import { requiredHealthy } from "./health.ts";

/** Events in which the host's application is not whole. */
const REPLACING: readonly LifecycleEventName[] = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
];

/** A host begins an event of an active deployment. */
export function checkDrained(
  { balancer, onViolation }: WatcherParts,
  { id, row, head }: Watched,
  hostId: string,
  event: LifecycleEventName,
): void {
  if (head.strategy.type === "in-place" && !head.strategy.hasTrafficControl) return;
  if (!REPLACING.includes(event)) return;
  const traffic = balancer.trafficOf(row.deployment_group_id, hostId);
  if (traffic === "blocked") return;
  onViolation(RULES.drained, id, `${hostId} runs ${event} and is ${traffic} in its load balancer`);
}

/** The balancer is asked for something. `target` is what the database says of the host at this moment. */
export function checkWish(
  parts: WatcherParts,
  watched: Watched,
  target: TargetState | undefined,
  wish: "in" | "out",
): void {
  const { onViolation } = parts;
  // It begins once what its predecessor had asked for is answered: this call is one of those.
  if (watched.row.status === "Created") return;
  // Replacements that the balancer knows already are kept out of it before anything else is done.
  if (watched.head.stage === "withhold" && target?.label === "Green" && wish === "out") return;
  const event = wish === "in" ? "AllowTraffic" : "BlockTraffic";
  const place = target?.lifecycleEvents.findIndex(({ name }) => name === event) ?? -1;
  const own = target?.lifecycleEvents[place];
  if (!target || !own || own.startedAt === null) {
    onViolation(RULES.traffic, watched.id, `${target?.targetId ?? "a host"} goes ${wish} outside of ${event}`);
    return;
  }
  const open = target.lifecycleEvents.slice(0, place).filter(({ status }) => status !== "Succeeded");
  const forgiven = watched.head.ignoreApplicationStopFailures ? FORGIVEN : [];
  const missing = open.filter(({ name }) => !forgiven.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    onViolation(RULES.traffic, watched.id, `${target.targetId} goes ${wish} without ${missing.join()}`);
  }
  if (wish === "out") checkOthersServe(parts, watched, target);
}

/** Whoever goes out of one fleet leaves the other one serving. */
function checkOthersServe({ balancer, onViolation }: WatcherParts, watched: Watched, leaving: TargetState): void {
  const { strategy, healthRule } = watched.head;
  const serving = (targets: readonly TargetState[]) =>
    targets.filter(({ targetId }) => balancer.trafficOf(watched.row.deployment_group_id, targetId) === "serving")
      .length;
  switch (strategy.type) {
    case "in-place": {
      const succeeded = targetsOf(watched).filter(({ status }) => status === "Succeeded");
      if (strategy.hasTrafficControl && serving(succeeded) < succeeded.length) {
        onViolation(RULES.serving, watched.id, `takes ${leaving.targetId} out while hosts that succeeded do not serve`);
      }
      return;
    }
    case "blue-green":
    case "blue-green-rollback": {
      const others = targetsOf(watched, strategy.type === "blue-green" ? "Green" : "Blue");
      const allowed = others.filter(({ lifecycleEvents }) =>
        lifecycleEvents.some(({ name, startedAt }) => name === "AllowTraffic" && startedAt !== null),
      );
      // On the way back there may be no original of which the traffic had been moved: then they all serve.
      // A number of hosts that the second fleet had may be more than there are of the first.
      const minimum = Math.min(others.length, Math.max(1, requiredHealthy(healthRule, others.length)));
      const atLeast =
        strategy.type === "blue-green" ? Math.max(1, requiredHealthy(healthRule, allowed.length)) : minimum;
      if (serving(others) < atLeast) {
        onViolation(
          RULES.serving,
          watched.id,
          `takes ${leaving.targetId} out while ${serving(others)} of the ${others.length} others serve, at least ${atLeast} must`,
        );
      }
    }
  }
}

/** A target has changed: where its traffic is said to be, it is. */
export function checkTraffic({ balancer, onViolation }: WatcherParts, { id, row }: Watched, target: TargetState): void {
  const { targetId, lifecycleEvents } = target;
  // Its rollback may have begun in the moment of its end.
  if (row.active !== 1) return;
  const moved = lifecycleEvents.filter(
    ({ name, startedAt }) => (name === "AllowTraffic" || name === "BlockTraffic") && startedAt !== null,
  );
  const last = moved.at(-1);
  if (last?.status !== "Succeeded") return;
  const traffic = balancer.trafficOf(row.deployment_group_id, targetId);
  const expected = last.name === "AllowTraffic" ? "serving" : "blocked";
  if (traffic === expected) return;
  onViolation(RULES.traffic, id, `${last.name} of ${targetId} is said to have succeeded, and it is ${traffic}`);
}

/** A blue/green deployment, or its way back, has succeeded. */
export function checkFleets({ balancer, onViolation }: WatcherParts, watched: Watched): void {
  const { strategy } = watched.head;
  if (strategy.type === "in-place") return;
  const isBack = strategy.type === "blue-green-rollback";
  for (const { targetId, label, status } of watched.targets.values()) {
    if (status !== "Succeeded" && !isBack) continue;
    const expected = (label === "Blue") === isBack ? "serving" : "blocked";
    const traffic = balancer.trafficOf(watched.row.deployment_group_id, targetId);
    if (traffic !== expected) {
      onViolation(RULES.traffic, watched.id, `succeeded, and ${label} ${targetId} is ${traffic}, not ${expected}`);
    }
  }
}
