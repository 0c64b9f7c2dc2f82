import type { HealthRule, TargetState } from "@sluice/engine/state.ts";
import { RULES } from "../../violation.ts";
import { count, targetsOf, type Watched, type WatcherParts } from "../../watched.ts";

/** codedeploy-semantics.md, section 4, without rounding: the smallest number of hosts that is no less than the share. */
export function requiredHealthy(rule: HealthRule, targetCount: number): number {
  if (rule.type === "HOST_COUNT") return rule.value;
  if (rule.type === "MOST_CONCURRENCY") return Math.max(0, targetCount - rule.value);
  if (targetCount === 1) return 0;
  let hosts = 0;
  while (hosts * 100 < targetCount * rule.value) hosts++;
  return hosts;
}

/** The hosts that get the revision: all of them in place, the replacements otherwise; on the way back of a blue/green one, none. */
export function installedTo(watched: Watched): TargetState[] {
  switch (watched.head.strategy.type) {
    case "in-place":
      return targetsOf(watched);
    case "blue-green":
      return targetsOf(watched, "Green");
    case "blue-green-rollback":
      return [];
  }
}

/** `healthyTaken`: hosts that were healthy and have just been taken. */
export function checkHealth(parts: WatcherParts, watched: Watched, healthyTaken: number): void {
  if (watched.head.stage !== "deploy") return;
  const targets = installedTo(watched);
  const minimum = requiredHealthy(watched.head.healthRule, targets.length);
  const healthy = targets.filter(isWell).length;
  if (healthyTaken > 0 && healthy < minimum) {
    parts.onViolation(
      RULES.health,
      watched.id,
      `took ${healthyTaken} healthy hosts out and left ${healthy} of at least ${minimum}`,
    );
  }
  const inFlight = count(targets, "InProgress");
  const allowed = targets.length - count(targets, "Failed") - minimum;
  if (inFlight > 0 && inFlight > allowed) {
    parts.onViolation(RULES.health, watched.id, `has ${inFlight} hosts under way, allowed are ${allowed}`);
  }
  checkZones(parts, watched, targets);
}

/** Left alone as it was, or has the revision whole: even where everything ended in the same moment, before traffic came to it. */
function isWell({ status, wasHealthy, lifecycleEvents }: TargetState): boolean {
  if (status === "Succeeded" || status === "Ready") return true;
  if (status !== "Pending" && status !== "Skipped") return false;
  return (
    wasHealthy || lifecycleEvents.some((event) => event.name === "ValidateService" && event.status === "Succeeded")
  );
}

/** In a zone of its own minimum, too. */
function checkZones({ onViolation }: WatcherParts, watched: Watched, targets: readonly TargetState[]): void {
  const { strategy } = watched.head;
  if (strategy.type !== "in-place" || strategy.zones === null || strategy.zones.minimumPerZone === null) return;
  for (const [zone, members] of Map.groupBy(targets, (target) => target.zone)) {
    const allowed =
      members.length - count(members, "Failed") - requiredHealthy(strategy.zones.minimumPerZone, members.length);
    const inFlight = count(members, "InProgress");
    if (inFlight > 0 && inFlight > allowed) {
      onViolation(RULES.zones, watched.id, `has ${inFlight} hosts under way in ${zone}, allowed there are ${allowed}`);
    }
  }
}
