import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  blueGreen,
  createdState,
  healthyCandidates,
  ONE_AT_A_TIME,
  PlayedDeployment,
  type Settings,
  twoFleets,
} from "./engine.fixture.ts";
import { decideRollback, type RollbackEvent, type RollbackPolicy, rollbackMessages } from "./rollback.ts";
import type { DeploymentState, HostTarget } from "./state.ts";
import { strategyWith } from "./strategy.fixture.ts";
import { hostEvent, hostTarget } from "./target.fixture.ts";

const TARGET = hostTarget("a", { kind: "on-premises", status: "Failed", wasHealthy: true, revisionHealth: "Current" });

function ended(status: DeploymentState["status"], code = "HEALTH_CONSTRAINTS", target = TARGET): DeploymentState {
  return {
    ...createdState({ healthRule: ALL_AT_ONCE }),
    deploymentId: "d-1",
    status,
    minimumHealthyHosts: 0,
    startedAt: 0,
    completedAt: 1,
    error: status === "Succeeded" ? null : { code, message: "" },
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
    ["a failure after a stop that asked against it", ended("Failed"), policy(ALL, { afterStop: false }), "none"],
    ["a failure after a stop that asked for it", ended("Failed"), policy([], { afterStop: true }), "roll-back"],
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

describe("decideRollback of blue/green", () => {
  const green: HostTarget = { ...TARGET, targetId: "g1", label: "Green" };
  const blue: HostTarget = {
    ...TARGET,
    targetId: "b1",
    label: "Blue",
    status: "Skipped",
    lifecycleEvents: [hostEvent("BlockTraffic")],
  };
  const of = (target: HostTarget, code?: string, status: DeploymentState["status"] = "Failed"): DeploymentState => ({
    ...ended(status, code),
    strategy: strategyWith({ type: "blue-green", readyWaitMilliseconds: null, terminationWaitMilliseconds: null }),
    targets: [target, blue],
  });
  const allowed = (event: Partial<HostTarget["lifecycleEvents"][number]>): HostTarget => ({
    ...green,
    lifecycleEvents: [hostEvent("AllowTraffic", event)],
  });
  const noSuccess = policy(ALL, { hasLastSuccess: false });

  it.each<[string, DeploymentState, RollbackPolicy, string]>([
    ["traffic moved", of(allowed({ status: "Succeeded", startedAt: 1 })), policy(ALL), "roll-back"],
    ["traffic perhaps moved", of(allowed({ status: "Failed", startedAt: 1 })), policy(ALL), "roll-back"],
    ["traffic moved, no earlier success", of(allowed({ status: "Succeeded", startedAt: 1 })), noSuccess, "roll-back"],
    ["installed and failed before its traffic", of(allowed({ status: "Skipped" })), policy(ALL), "refused"],
    ["ready and not continued", of(allowed({ status: "Skipped" }), "TIMEOUT", "Stopped"), policy(ALL), "refused"],
    ["stopped by an alarm before", of(allowed({}), "ALARM_ACTIVE", "Stopped"), policy(ALL), "refused"],
    ["never started", { ...of(green, "NO_INSTANCES"), targets: null }, policy(ALL), "refused"],
    ["nobody asked", of(allowed({ startedAt: 1 })), policy([]), "none"],
    ["succeeded", of(allowed({ startedAt: 1 }), undefined, "Succeeded"), policy(ALL), "none"],
  ])("%s", (_, state, rules, decision) => {
    expect(decideRollback(state, rules).decision).toBe(decision);
  });

  it("that moved no traffic says that there is nothing to roll back", () => {
    expect(decideRollback(of(green), policy(ALL))).toEqual({
      decision: "refused",
      message:
        "Deployment d-1 registered no replacement host with the load balancer and deregistered no original host: there is nothing to roll back.",
    });
  });

  it("never rolls back a rollback, of either kind", () => {
    const strategies = [strategyWith({ type: "blue-green-rollback" }), ended("Failed").strategy];
    for (const strategy of strategies) {
      const state = { ...of(allowed({ startedAt: 1 })), strategy };
      expect(decideRollback(state, policy(ALL, { creator: "codeDeployRollback" }))).toEqual({
        decision: "refused",
        message:
          "Deployment d-1 is itself a rollback, and a rollback is not rolled back. Check its hosts and deploy again.",
      });
    }
  });
});

describe("decideRollback in words", () => {
  it.each<[string, DeploymentState, Partial<RollbackPolicy>, string]>([
    ["no host touched", ended("Failed", "TIMEOUT", { ...TARGET, status: "Skipped" }), {}, "changed no host"],
    ["no earlier success", ended("Failed"), { hasLastSuccess: false }, "no earlier successful deployment"],
  ])("refuses with words: %s", (_, state, more, says) => {
    const decided = decideRollback(state, policy(ALL, more));
    expect(decided.decision === "refused" ? decided.message : "").toContain(says);
  });

  it("goes by StopDeployment's word, also where an alarm came first", () => {
    const alarm = ended("Stopped", "ALARM_ACTIVE");
    expect(decideRollback(alarm, policy(ALL, { afterStop: false })).decision).toBe("none");
    expect(decideRollback(alarm, policy([], { afterStop: true })).decision).toBe("roll-back");
  });
});

describe("rollbackMessages", () => {
  it("are the wire's, on both sides of the link", () => {
    expect(rollbackMessages("d-X", "d-Y")).toEqual({
      onFailed: "Deployment d-X terminated. Automatic rollback is triggered with a DeploymentId d-Y.",
      onRollback: "Deployment d-Y is triggered to roll back deployment d-X.",
    });
  });
});

describe("played to their ends", () => {
  it.each<[string, Settings, (id: string, event: string) => boolean, string]>([
    [
      "in place, failed on its first host",
      { healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(3) },
      (id, event) => id === "h01" && event === "Install",
      "roll-back",
    ],
    [
      "blue/green, failed at installing",
      { healthRule: ALL_AT_ONCE, strategy: blueGreen(), ...twoFleets(2, 2) },
      (_, event) => event === "Install",
      "refused",
    ],
    [
      "blue/green, failed at the hook before its traffic",
      { healthRule: ALL_AT_ONCE, strategy: blueGreen(), ...twoFleets(2, 2) },
      (_, event) => event === "BeforeAllowTraffic",
      "refused",
    ],
    [
      "blue/green, failed at letting traffic in",
      { healthRule: ALL_AT_ONCE, strategy: blueGreen(), ...twoFleets(2, 2) },
      (_, event) => event === "AllowTraffic",
      "roll-back",
    ],
    [
      "blue/green, failed at taking an original out",
      { healthRule: ALL_AT_ONCE, strategy: blueGreen(), ...twoFleets(2, 2) },
      (id, event) => id === "b2" && event === "BlockTraffic",
      "roll-back",
    ],
  ])("%s", (_, settings, fails, decision) => {
    const { state } = new PlayedDeployment(settings).play(fails);
    expect(state.status).toBe("Failed");
    expect(decideRollback(state, policy(ALL)).decision).toBe(decision);
  });
});
