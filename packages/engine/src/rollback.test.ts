import { describe, expect, it } from "vitest";
import { decideRollback, type RollbackEvent, type RollbackPolicy } from "./rollback.ts";
import type { DeploymentState, TargetState } from "./state.ts";

const TARGET: TargetState = {
  targetId: "a",
  hostName: "a",
  kind: "on-premises",
  zone: null,
  label: null,
  status: "Failed",
  wasHealthy: true,
  revisionHealth: "Current",
  lifecycleEvents: [],
  command: null,
  agentIssue: false,
  updatedAt: 0,
};

function ended(status: DeploymentState["status"], code = "HEALTH_CONSTRAINTS", target = TARGET): DeploymentState {
  return {
    deploymentId: "d-1",
    deploymentGroupName: "prod",
    strategy: { type: "in-place", hasTrafficControl: false, zones: null },
    alarms: null,
    stage: "deploy",
    wait: null,
    continued: null,
    status,
    healthRule: { type: "FLEET_PERCENT", value: 0 },
    minimumHealthyHosts: 0,
    ignoreApplicationStopFailures: false,
    createdAt: 0,
    startedAt: 0,
    completedAt: 1,
    stopRequestedAt: null,
    halt: null,
    error: status === "Succeeded" ? null : { code, message: "" },
    statusMessages: [],
    targets: [target],
  };
}

function policy(events: readonly RollbackEvent[], more: Partial<RollbackPolicy> = {}): RollbackPolicy {
  return { creator: "user", events, afterStop: undefined, hasLastSuccess: true, ...more };
}

const ALL: readonly RollbackEvent[] = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];

describe("decideRollback", () => {
  it.each<[string, DeploymentState, RollbackPolicy, string]>([
    ["a failure, on failure", ended("Failed"), policy(["DEPLOYMENT_FAILURE"]), "roll-back"],
    ["a failure, on request only", ended("Failed"), policy(["DEPLOYMENT_STOP_ON_REQUEST"]), "none"],
    ["a failure, switched off", ended("Failed"), policy([]), "none"],
    ["a stop, on request", ended("Stopped", "MANUAL_STOP"), policy(["DEPLOYMENT_STOP_ON_REQUEST"]), "roll-back"],
    ["a stop, on failure only", ended("Stopped", "MANUAL_STOP"), policy(["DEPLOYMENT_FAILURE"]), "none"],
    ["a stop that asked for it", ended("Stopped", "MANUAL_STOP"), policy([], { afterStop: true }), "roll-back"],
    ["a stop that asked against it", ended("Stopped", "MANUAL_STOP"), policy(ALL, { afterStop: false }), "none"],
    ["a failure after a stop that asked against it", ended("Failed"), policy(ALL, { afterStop: false }), "roll-back"],
    ["an alarm, on alarm", ended("Stopped", "ALARM_ACTIVE"), policy(["DEPLOYMENT_STOP_ON_ALARM"]), "roll-back"],
    ["an alarm, on request only", ended("Stopped", "ALARM_ACTIVE"), policy(["DEPLOYMENT_STOP_ON_REQUEST"]), "none"],
    ["a success", ended("Succeeded"), policy(ALL), "none"],
    ["one that is still under way", ended("InProgress"), policy(ALL), "none"],
    ["a rollback that failed", ended("Failed"), policy(ALL, { creator: "codeDeployRollback" }), "refused"],
    [
      "late hosts that failed",
      ended("Stopped", "MANUAL_STOP"),
      policy([], { creator: "CodeDeployAutoUpdate", afterStop: true }),
      "refused",
    ],
    ["no earlier success", ended("Failed"), policy(ALL, { hasLastSuccess: false }), "refused"],
    ["no host touched", ended("Failed", "TIMEOUT", { ...TARGET, status: "Skipped" }), policy(ALL), "refused"],
    ["targets never resolved", { ...ended("Failed", "NO_INSTANCES"), targets: null }, policy(ALL), "refused"],
  ])("%s", (_, state, rules, decision) => {
    expect(decideRollback(state, rules).decision).toBe(decision);
  });
});
