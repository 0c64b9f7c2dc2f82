import {
  ALL_AT_ONCE,
  blueGreen,
  healthyCandidates,
  ONE_AT_A_TIME,
  PlayedDeployment,
  twoFleets,
} from "@sluice/engine/engine.fixture.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";
import { isTerminal } from "@sluice/engine/state.ts";
import { ecs, HOUR, lambda, MINUTE, PlayedShift } from "@sluice/engine/strategies/shift/played-shift.fixture.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { expect, it } from "vitest";
import { type ActionFacts, DEPLOYMENT_ACTIONS } from "./action-facts.ts";
import { deploymentActions, whyRefused } from "./deployment-actions.ts";

function facts(state: DeploymentState, more: Partial<ActionFacts> = {}): ActionFacts {
  const targets = state.targets ?? [];
  return {
    state: isShift(state.strategy) ? state : { ...state, targets: null },
    isActive: !isTerminal(state.status),
    creator: "user",
    rollBackAfterStop: undefined,
    tally: targets.map((target) => ({
      status: target.status,
      label: target.type === "host" ? target.label : null,
      count: 1,
      atWork: target.command?.acknowledgedAt == null ? 0 : 1,
    })),
    applicationName: "web",
    deploymentGroupName: "prod",
    group: { hasLastSuccess: true, otherActiveId: undefined },
    earlier: { deploymentId: "d-EARLIER11", revisionName: "s3://b/v1.zip", isRunning: true },
    ...more,
  };
}

const open = (of: ActionFacts) =>
  deploymentActions(of).flatMap(({ action, unavailable }) => (unavailable === undefined ? [action] : []));
const consequence = (of: ActionFacts, action: string) =>
  deploymentActions(of).find((one) => one.action === action)?.consequence;

it("counts the hosts that a stop in place leaves, and those that its rollback goes to", () => {
  const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(5) });
  expect(consequence(facts(played.state), "stop")).toBe("Stops before any host is touched. Nothing is rolled back");
  played.plan();
  played.bringTo("h01", "ValidateService");
  played.complete("h01");
  played.plan();
  played.acknowledge("h02");
  const now = facts(played.state);
  expect(open(now)).toEqual(["stop", "stop-and-roll-back"]);
  expect(consequence(now, "stop")).toBe(
    "Stops after the host at work finishes its event: 1 host is left in the middle of the deployment, 1 host keeps the new revision, 3 keep what they have. Nothing is rolled back",
  );
  expect(consequence(now, "stop-and-roll-back")).toMatch(
    /\. Then the last successful revision is deployed again to all 5 hosts of the group, 2 of which have been touched$/,
  );
});

it("refuses what cannot come about, and says why", () => {
  const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(2) });
  played.plan();
  const refused = (more: Partial<ActionFacts>) => whyRefused("stop-and-roll-back", facts(played.state, more));
  expect(refused({ creator: "codeDeployRollback" })).toBe("it is itself a rollback, and a rollback is not rolled back");
  expect(refused({ group: { hasLastSuccess: false, otherActiveId: undefined } })).toBe(
    "its group has no earlier successful deployment",
  );
  expect(whyRefused("continue", facts(played.state))).toBe("it never waits to be continued before the traffic moves");
  expect(whyRefused("pause", facts(played.state))).toBe("no traffic is shifted by weights in it");
  expect(whyRefused("roll-back", facts(played.state))).toMatch(/^the deployment is not over/);
  played.stop();
  expect(open(facts(played.state, { rollBackAfterStop: false }))).toEqual(["stop-and-roll-back"]);
  expect(open(facts(played.state, { rollBackAfterStop: true }))).toEqual(["stop"]);
});

it("offers of a deployment that is over nothing but another revision, if the group can take one", () => {
  const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(2) }).play();
  const over = facts(played.state);
  expect(deploymentActions(over)).toEqual([
    {
      action: "roll-back",
      consequence:
        "Deploys s3://b/v1.zip of d-EARLIER11 again (the group's last successful revision) to the hosts of the group: 2 hosts in this deployment",
      command: "sluice rollback --application web --group prod --to d-EARLIER11",
    },
  ]);
  expect(whyRefused("roll-back", { ...over, group: null })).toBe("its deployment group was deleted");
  expect(whyRefused("roll-back", { ...over, earlier: undefined })).toMatch(/^the group has no successful deployment/);
  expect(whyRefused("roll-back", { ...over, group: { hasLastSuccess: true, otherActiveId: "d-OTHER" } })).toMatch(
    /^d-OTHER is in progress in the group/,
  );
  expect(whyRefused("stop", over)).toBe("the deployment is over: Succeeded");
});

it("lets a blue/green deployment go on while it waits, and takes its stop for too late when the originals go", () => {
  const strategy = blueGreen({ readyWaitMilliseconds: HOUR, terminationWaitMilliseconds: HOUR });
  const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, strategy, ...twoFleets(2, 3) });
  played.play();
  expect(open(facts(played.state))).toEqual(["continue", "stop", "stop-and-roll-back"]);
  expect(consequence(facts(played.state), "continue")).toBe(
    "The traffic moves: the 2 replacement hosts are registered with the load balancer, then the 3 original hosts are deregistered",
  );
  expect(consequence(facts(played.state), "stop-and-roll-back")).toMatch(/so that nothing is rolled back$/);
  played.continue("ready");
  expect(whyRefused("continue", facts(played.state))).toBe("it was asked for already");
  played.play();
  expect(open(facts(played.state))).toEqual(["skip-wait", "stop", "stop-and-roll-back"]);
  expect(consequence(facts(played.state), "skip-wait")).toMatch(/^The 3 original hosts, .* are terminated now\./);
  expect(consequence(facts(played.state), "stop-and-roll-back")).toMatch(
    /Then the 3 original hosts are registered with the load balancer again, and the 2 replacement hosts deregistered/,
  );
  played.continue("termination");
  played.play();
  expect(whyRefused("stop", facts(played.state))).toMatch(/^the replacement hosts serve, and the original ones/);
});

it("counts the traffic of a shift", () => {
  const schedule = { type: "linear", percent: 30, intervalMilliseconds: 10 * MINUTE } as const;
  const played = new PlayedShift(lambda({ schedule })).play().pass(MINUTE);
  const now = facts(played.state);
  expect(open(now)).toEqual(["next", "finish", "pause", "stop", "stop-and-roll-back"]);
  expect(consequence(now, "next")).toBe(
    "Ends the wait of this step: version 2 gets 60 % of the traffic now instead of 30 %",
  );
  expect(consequence(now, "stop-and-roll-back")).toBe(
    "Moves no further traffic: version 2 keeps 30 % of it. Then all of the traffic goes back to version 1 in one step",
  );
  played.change("pause").pass(1);
  expect(open(facts(played.state))).toEqual(["resume", "stop", "stop-and-roll-back"]);
  expect(whyRefused("pause", facts(played.state))).toBe("the shift is paused already");
  const service = new PlayedShift(ecs({ readyWaitMilliseconds: HOUR, schedule })).play();
  expect(open(facts(service.state))).toEqual(["continue", "stop", "stop-and-roll-back"]);
  expect(consequence(facts(service.state), "continue")).toBe(
    "The traffic begins to move: the replacement task set gets 30 % of it at first",
  );
});

it("has a command for each action, and knows each", () => {
  const played = new PlayedShift(ecs({ readyWaitMilliseconds: HOUR, terminationWaitMilliseconds: HOUR })).play();
  const shown = deploymentActions(facts(played.state));
  expect(shown.map(({ action }) => action)).toEqual(DEPLOYMENT_ACTIONS);
  expect(shown.map(({ command }) => command)).toEqual([
    ...["next", "finish", "pause", "resume"].map((action) => `sluice shift ${action} d-A1B2C3D4E`),
    "sluice continue d-A1B2C3D4E",
    "sluice continue d-A1B2C3D4E --termination",
    "sluice stop d-A1B2C3D4E --no-rollback",
    "sluice stop d-A1B2C3D4E --rollback",
    "sluice rollback --application web --group prod --to d-EARLIER11",
  ]);
});
