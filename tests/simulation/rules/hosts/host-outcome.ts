import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { type HostRule, hostsOf } from "../../hosts/watched-hosts.ts";
import { count, type Watched } from "../../watched.ts";
import { faultOfReason } from "../reasons.ts";
import { installedTo, requiredHealthy } from "./required-healthy.ts";

export const OUTCOME: HostRule = {
  name: "an outcome is what happened, with its reason",
  watch: (parts, violated) => ({
    deploymentEnded(watched) {
      const fault = faultOfReason(parts, watched);
      if (fault) violated(watched.id, fault);
      const faults =
        fault === undefined
          ? faultsOfHosts(watched, parts.isCalm)
          : watched.row.error_code === null
            ? faultsOfSuccess(watched)
            : [];
      for (const message of faults) violated(watched.id, message);
    },
  }),
};

function* faultsOfHosts(watched: Watched, isCalm: boolean): Generator<string> {
  const { row, head } = watched;
  const hasTargets = watched.targets.size > 0;
  switch (row.error_code) {
    case "HEALTH_CONSTRAINTS":
    case "AGENT_ISSUE":
      yield* faultsOfSpentHealth(watched);
      return;
    case "HEALTH_CONSTRAINTS_INVALID":
      if (hasTargets) yield "could not start, and has targets";
      return;
    case "NO_INSTANCES":
      if (hasTargets) yield "found no host, and has targets";
      return;
    // Which time that counts is another rule's.
    case "TIMEOUT":
      return;
    case "ELASTIC_LOAD_BALANCING_INVALID":
      // Before it began, balancers could not be asked, often enough to give up.
      if ((head.stage !== "withhold" && hasTargets) || row.status !== "Failed" || isCalm) {
        yield `is ${row.status} in ${head.stage} for its load balancer's sake: ${row.error_message}`;
      }
      return;
    case "INTERNAL_ERROR":
      if (hasTargets || isCalm) yield `ended with an error of the server: ${row.error_message}`;
      return;
    default:
      yield `ended with ${row.error_code}: ${row.error_message}`;
  }
}

function* faultsOfSuccess(watched: Watched): Generator<string> {
  const targets = hostsOf(watched);
  if (count(targets, "Skipped") > 0) yield "Succeeded and left hosts out";
  if (watched.head.strategy.type === "blue-green-rollback") {
    if (count(targets, "Succeeded") < targets.length) yield "went back, and not with every host";
    return;
  }
  const installed = installedTo(watched);
  const minimum = requiredHealthy(hostRulesOf(watched.head).healthRule, installed.length);
  const succeeded = count(installed, "Succeeded");
  // In place hosts that failed are weighed against the fleet; of a second fleet, those that got the revision are.
  const atLeast = watched.head.strategy.type === "in-place" ? Math.max(1, minimum) : 1;
  if (succeeded < atLeast) yield `Succeeded with ${succeeded} of ${atLeast}`;
}

function* faultsOfSpentHealth(watched: Watched): Generator<string> {
  const { row, head } = watched;
  const targets = hostsOf(watched);
  // One that could not have finished does not start.
  if (targets.length === 0 && head.strategy.type === "blue-green" && row.status === "Failed") return;
  const failed = count(targets, "Failed");
  if (row.status !== "Failed") yield `failed for its health and is ${row.status}`;
  if (failed === 0 && !hasNobodyToTake(watched)) yield "failed for its health without a failure";
  if (head.strategy.type !== "in-place" || head.strategy.zones !== null) return;
  const minimum = requiredHealthy(hostRulesOf(head).healthRule, targets.length);
  const isSpent = targets.length - failed <= minimum || count(targets, "Succeeded") === 0;
  if (!isSpent) yield `failed for its health with ${failed} failures`;
  const silent = targets.filter(({ status, agentIssue }) => status === "Failed" && agentIssue).length;
  if ((row.error_code === "AGENT_ISSUE") !== (silent === failed)) {
    yield `says ${row.error_code} with ${silent} silent of ${failed} failed hosts`;
  }
}

/** A zone of which every host is needed while others' are not well. */
function hasNobodyToTake(watched: Watched): boolean {
  const { strategy } = watched.head;
  const { healthRule } = hostRulesOf(watched.head);
  if (strategy.type !== "in-place" || strategy.zones === null) return false;
  const targets = hostsOf(watched);
  const healthy = targets.filter(({ status, wasHealthy }) => status === "Succeeded" || wasHealthy).length;
  return count(targets, "Skipped") > 0 && healthy <= requiredHealthy(healthRule, targets.length);
}
