import { isHost } from "@sluice/engine/host-targets.ts";
import type { HostTarget, TargetState } from "@sluice/engine/state.ts";
import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { type HostRule, isRefused } from "../../hosts/watched-hosts.ts";
import { count } from "../../watched.ts";
import { installedTo, requiredHealthy } from "./required-healthy.ts";

export const HEALTH: HostRule = {
  name: "no more hosts are taken out than the health rule allows",
  watch: (_, violated) => ({
    targetsChanged(watched, changes) {
      if (watched.head.stage !== "deploy") return;
      const targets = installedTo(watched);
      const minimum = requiredHealthy(hostRulesOf(watched.head).healthRule, targets.length);
      const healthy = targets.filter(isWell).length;
      const taken = changes.filter(({ before, target }) => before !== null && isHealthyTaken(before, target)).length;
      if (taken > 0 && healthy < minimum) {
        violated(watched.id, `took ${taken} healthy hosts out and left ${healthy} of at least ${minimum}`);
      }
      const inFlight = count(targets, "InProgress");
      const allowed = targets.length - count(targets, "Failed") - minimum;
      if (inFlight > 0 && inFlight > allowed) {
        violated(watched.id, `has ${inFlight} hosts under way, allowed are ${allowed}`);
      }
    },
  }),
};

function isHealthyTaken(before: TargetState, target: TargetState): boolean {
  const { status } = target;
  return (
    isHost(target) &&
    !isRefused(target) &&
    target.wasHealthy &&
    before.status === "Pending" &&
    !["Pending", "Skipped"].includes(status)
  );
}

/** Left alone as it was, or has the revision whole: even where everything ended in the same moment, before traffic came to it. */
function isWell({ status, wasHealthy, lifecycleEvents }: HostTarget): boolean {
  if (status === "Succeeded" || status === "Ready") return true;
  if (status !== "Pending" && status !== "Skipped") return false;
  return (
    wasHealthy || lifecycleEvents.some((event) => event.name === "ValidateService" && event.status === "Succeeded")
  );
}
