import {
  ALL_AT_ONCE,
  blueGreen,
  candidate,
  healthyCandidates,
  ONE_AT_A_TIME,
  PlayedDeployment,
  twoFleets,
} from "@sluice/engine/engine.fixture.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";
import { ecs, HOUR, lambda, MINUTE, PlayedShift } from "@sluice/engine/strategies/shift/played-shift.fixture.ts";
import { expect, it } from "vitest";
import { deploymentStep } from "./deployment-step.ts";
import { deploymentStory } from "./deployment-story.ts";
import { waitAndThen } from "./wait-then.ts";

const story = (state: DeploymentState, more = {}) =>
  deploymentStory({ state, applicationName: "web", revision: "s3://b/v2.zip", ...more });
const NEVER = { failure: false, alarm: false, stop: false };
const LINEAR = { type: "linear", percent: 30, intervalMilliseconds: 10 * MINUTE } as const;

it("tells a deployment in place from its preparation to its end", () => {
  const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(3) });
  expect(story(played.state)).toBe(
    "Preparing the deployment of s3://b/v2.zip to web/prod: what it goes to is looked up and checked.",
  );
  expect(deploymentStep(played.state)).toEqual({ name: "Preparing", since: played.now });
  played.plan();
  played.now += 1_000;
  played.bringTo("h01", "Install");
  played.acknowledge("h01");
  expect(story(played.state)).toBe("Deploying s3://b/v2.zip to 3 hosts of web/prod: 1 at work, 2 waiting.");
  expect(deploymentStep(played.state)).toEqual({ name: "Install on h01", since: played.now });
  played.now += 90_000;
  played.play((id) => id === "h02");
  expect(played.state.status).toBe("Failed");
  expect(story(played.state, { rolledBackBy: "d-ROLLBACK1" })).toBe(
    "The deployment of s3://b/v2.zip to web/prod failed after 1 min 31 s: 1 of 3 hosts failed, first h02 at ApplicationStop. Its rollback is d-ROLLBACK1.",
  );
  expect(deploymentStep(played.state)).toBeUndefined();
});

it("tells success, and what it did not reach", () => {
  const all = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(3) });
  all.plan();
  all.now += 13_000;
  expect(story(all.play().state)).toBe("Deployed s3://b/v2.zip to all 3 hosts of web/prod in 13 s.");
  const some = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(3) });
  some.play((id) => id === "h01");
  expect(story(some.state)).toMatch(/^Deployed s3:\/\/b\/v2\.zip to 2 of 3 hosts of web\/prod in /);
  expect(story(some.state, { rollbackOf: "d-BAD" })).toMatch(
    /^Rolled d-BAD back in web\/prod in .* s: s3:\/\/b\/v2\.zip is again on 2 of 3 hosts\.$/,
  );
});

it("tells a restart as one: nothing is deployed", () => {
  const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(2) });
  const told = () => story(played.state, { isRestart: true });
  expect(told()).toMatch(/^Preparing the restart of s3:\/\/b\/v2\.zip in web\/prod: /);
  played.plan();
  expect(told()).toBe("Restarting s3://b/v2.zip on 2 hosts of web/prod: 2 at work.");
  const failed = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(1) });
  failed.play(() => true);
  expect(story(failed.state, { isRestart: true })).toMatch(
    /^The restart of s3:\/\/b\/v2\.zip in web\/prod failed after /,
  );
  played.play();
  expect(told()).toMatch(/^Restarted s3:\/\/b\/v2\.zip on all 2 hosts of web\/prod in /);
});

it("tells a stop while it is under way and after it, and what comes then", () => {
  const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(2) });
  expect(waitAndThen(played.state, NEVER)).toBeUndefined();
  played.plan();
  played.acknowledge("h01");
  played.stop();
  expect(story(played.state)).toMatch(/^Stopping: deploying s3:\/\/b\/v2\.zip to 2 hosts/);
  expect(waitAndThen(played.state, { ...NEVER, stop: true })).toMatchObject({
    reason: "a stop was requested: hosts finish their event in progress and start no other",
    whatThen: "then the deployment ends as Stopped and is rolled back",
  });
  played.complete("h01");
  played.plan();
  expect(played.state.status).toBe("Stopped");
  expect(story(played.state)).toMatch(/was stopped after 0\.0 s: .*1 skipped\.$/);
  const early = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: [candidate("h01")] });
  early.stop();
  early.plan();
  expect(story(early.state)).toBe("The deployment of s3://b/v2.zip to web/prod was stopped before it began.");
});

it("tells a blue/green deployment of hosts through its waits", () => {
  const strategy = blueGreen({ readyWaitMilliseconds: HOUR, terminationWaitMilliseconds: HOUR });
  const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, strategy, ...twoFleets(2, 3) });
  played.play();
  expect(played.state.status).toBe("Ready");
  expect(story(played.state)).toBe(
    "Waiting to be continued, to move the traffic of web/prod: s3://b/v2.zip is on 2 of the 2 replacement hosts.",
  );
  expect(waitAndThen(played.state, NEVER)).toMatchObject({
    until: played.now + HOUR,
    whatThen:
      "when it is continued, the traffic moves; otherwise the deployment is stopped then, and the original hosts keep the traffic",
  });
  played.continue("ready");
  expect(waitAndThen(played.state, NEVER)).toBeUndefined();
  played.play();
  expect(story(played.state)).toBe(
    "Keeping the 3 original hosts of web/prod for a way back; the 2 replacement hosts with s3://b/v2.zip serve.",
  );
  expect(waitAndThen(played.state, NEVER)?.whatThen).toBe(
    "then the original hosts are terminated, and the deployment succeeds",
  );
});

it("tells a shift: its steps, a pause, and what part of the traffic comes then", () => {
  const played = new PlayedShift(lambda({ schedule: LINEAR })).play().pass(2_000);
  expect(story(played.state)).toBe(
    "Moving the traffic of the alias live of charge in web/prod to s3://b/v2.zip: 30 % has moved.",
  );
  expect(waitAndThen(played.state, NEVER)).toMatchObject({
    until: played.now - 2_000 + 10 * MINUTE,
    whatThen: "then, 60 % of the traffic goes to version 2",
  });
  played.change("pause").pass(2_000);
  expect(story(played.state)).toMatch(/30 % has moved, and the shift is paused\.$/);
  expect(waitAndThen(played.state, NEVER)).toMatchObject({
    until: null,
    whatThen: "when it is resumed, 60 % of the traffic goes to version 2",
  });
  played.change("resume").playOn();
  expect(story(played.state)).toMatch(
    /^Deployed s3:\/\/b\/v2\.zip to the alias live of charge in web\/prod in .*: it has all/,
  );
});

it("tells a hook that does not answer, and that the deployment fails with it", () => {
  const played = new PlayedShift(lambda({ hooks: { BeforeAllowTraffic: "smoke" } }), {});
  played.platform = ({ kind }) =>
    kind === "invokeHook" ? { outcome: "pending", detail: "", hasReturned: true } : { outcome: "done", detail: "" };
  played.play().pass(2_000);
  expect(story(played.state)).toMatch(/: BeforeAllowTraffic is in progress\.$/);
  expect(waitAndThen(played.state, { ...NEVER, failure: true })).toMatchObject({
    reason: expect.stringContaining("returned without an answer"),
    whatThen:
      "if that is not over by then, BeforeAllowTraffic fails, and the deployment with it, which is then rolled back",
  });
});

it("tells an ECS deployment that keeps its original task set", () => {
  const played = new PlayedShift(ecs({ readyWaitMilliseconds: HOUR, terminationWaitMilliseconds: HOUR })).play();
  expect(story(played.state)).toBe(
    "Waiting to be continued, to move the traffic of the service web of web/prod to s3://b/v2.zip: its replacement task set is ready.",
  );
  played.continue("ready");
  expect(story(played.state)).toBe(
    "Keeping the original task set of the service web of web/prod for a way back; s3://b/v2.zip has all of the traffic.",
  );
  expect(waitAndThen(played.state, NEVER)?.whatThen).toBe(
    "then the original task set is removed, and the deployment succeeds",
  );
});
