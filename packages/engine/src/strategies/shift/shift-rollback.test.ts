import { invariant } from "@sluice/model/invariant.ts";
import { describe, expect, it } from "vitest";
import { decideRollback } from "../../rollback.ts";
import type { ShiftSchedule } from "../../traffic-shift.ts";
import { DONE, ecs, ecsFacts, HOUR, lambda, MINUTE, PlayedShift } from "./played-shift.fixture.ts";
import { shiftBack } from "./shift-rollback.ts";

const LINEAR: ShiftSchedule = { type: "linear", percent: 30, intervalMilliseconds: MINUTE };
const HOOKS = { BeforeInstall: "before-install", BeforeAllowTraffic: "before", AfterAllowTraffic: "after" };
const POLICY = {
  creator: "user",
  events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  afterStop: undefined,
  hasLastSuccess: false,
} as const;

/** The rollback of a deployment, as far as the deployment has stored what it did. */
function back(failed: PlayedShift): PlayedShift {
  const { strategy } = failed.state;
  invariant(strategy.type === "ecs-blue-green" || strategy.type === "lambda-shift", "a shift is rolled back");
  expect(decideRollback(failed.state, POLICY)).toEqual({ decision: "roll-back" });
  const rollback = new PlayedShift(shiftBack(failed.state, strategy));
  if (strategy.type === "ecs-blue-green") {
    const [blue] = ecsFacts().service!.taskSets;
    const made = { ...blue!, taskSetId: "green", status: "ACTIVE", externalId: failed.state.deploymentId } as const;
    const service = { ...ecsFacts().service!, taskSets: [{ ...blue!, status: "ACTIVE" } as const, made] };
    rollback.resolution = { outcome: "ecs-service", facts: ecsFacts({ service }) };
  }
  return rollback;
}

describe("the rollback of a Lambda deployment", () => {
  const weights = (played: PlayedShift) => played.weights.map(({ percent }) => percent);

  it.each([
    ["stopped in mid-shift", (played: PlayedShift) => played.pass(MINUTE).stop()],
    [
      "whose hook says no at the end",
      (played: PlayedShift) => played.playOn(({ target }) => target.command?.by === "hook").answer(false),
    ],
    [
      "whose weight cannot be set",
      (played: PlayedShift) => {
        played.platform = () => ({ outcome: "failed", detail: "no" });
        return played.pass(MINUTE);
      },
    ],
  ])("restores the alias of one that is %s", (_name, end) => {
    const failed = end(new PlayedShift(lambda({ schedule: LINEAR, hooks: { AfterAllowTraffic: "after" } })).play());
    expect(failed.isOver).toBe(true);
    const rollback = back(failed).play();
    expect(rollback.state).toMatchObject({ status: "Succeeded", error: null });
    expect(rollback.outcomes).toEqual([["AllowTraffic", "Succeeded"]]);
    expect(weights(rollback)).toEqual([0]);
    expect(rollback.asked[0]?.effect).toMatchObject({
      alias: { functionName: "charge", aliasName: "live" },
      shift: { currentVersion: "1", targetVersion: "2", percent: 0 },
    });
    expect(rollback.target.shift).toMatchObject({ percent: 0, asked: null });
  });

  it("fails, and says how it leaves the alias, when that can not be restored", () => {
    const rollback = back(new PlayedShift(lambda({ schedule: LINEAR })).play().stop());
    rollback.platform = () => ({ outcome: "failed", detail: "somebody else has changed it" });
    expect(rollback.play().state).toMatchObject({
      status: "Failed",
      error: { message: expect.stringContaining("somebody else") },
    });
  });

  it("is not made where the alias was never touched", () => {
    const failed = new PlayedShift(lambda({ hooks: HOOKS })).play().answer(false);
    expect(failed.state.status).toBe("Failed");
    expect(decideRollback(failed.state, POLICY)).toMatchObject({ decision: "refused" });
  });
});

describe("the rollback of an ECS deployment", () => {
  it.each([
    ["in mid-shift", (played: PlayedShift) => played.pass(MINUTE).stop()],
    ["while the original is kept", (played: PlayedShift) => played.playOn(({ state }) => state.wait !== null).stop()],
  ])("gives everything back to the original when it is stopped %s", (_name, end) => {
    const failed = end(new PlayedShift(ecs({ schedule: LINEAR, terminationWaitMilliseconds: HOUR })).play());
    expect(failed.state.status).toBe("Stopped");
    const rollback = back(failed).play();
    expect(rollback.state).toMatchObject({ status: "Succeeded", error: null });
    expect(rollback.outcomes).toEqual([["AllowTraffic", "Succeeded"]]);
    expect(rollback.kinds).toEqual(["setWeights", "setTestTraffic", "promoteTaskSet", "removeTaskSet"]);
    const [production, test, primary, removal] = rollback.asked.map(({ effect }) => effect);
    expect(production).toMatchObject({
      weights: [
        { targetGroup: "tg-one", percent: 100 },
        { targetGroup: "tg-two", percent: 0 },
      ],
      gaining: null,
    });
    expect(test).toMatchObject({ targetGroup: "tg-one" });
    expect(primary).toMatchObject({ taskSetId: "blue" });
    expect(removal).toMatchObject({ taskSetId: "green" });
  });

  it("removes the replacement only when the original has the traffic, and is the primary", () => {
    const rollback = back(new PlayedShift(ecs({ schedule: LINEAR })).play().stop());
    const waiting = new Set(["setWeights", "promoteTaskSet"]);
    rollback.platform = ({ kind }) => (waiting.has(kind) ? { outcome: "pending", detail: "slow" } : DONE);
    expect(rollback.play().kinds).toEqual(["setWeights"]);
    waiting.delete("setWeights");
    expect(rollback.play().kinds).toEqual(["setWeights", "setTestTraffic", "promoteTaskSet"]);
    waiting.clear();
    expect(rollback.play().kinds.at(-1)).toBe("removeTaskSet");
    expect(rollback.state.status).toBe("Succeeded");
  });

  it("finds the task set that was asked for and not reported when the deployment ended", () => {
    const failed = new PlayedShift(ecs());
    failed.platform = () => ({ outcome: "pending", detail: "being created" });
    failed.play().stop();
    expect(failed.target).toMatchObject({ replacementTaskSetId: null });
    expect(failed.state.statusMessages).toEqual(["A replacement task set was asked for, and may be there."]);
    const rollback = back(failed).play();
    expect(rollback.asked.at(-1)?.effect).toMatchObject({ kind: "removeTaskSet", taskSetId: "green" });
    expect(rollback.state.status).toBe("Succeeded");
  });

  it("succeeds when no task set was made, and leaves test traffic alone where there is none", () => {
    const pair = { ...ecs().pair, testListener: null };
    const failed = new PlayedShift(ecs({ pair }));
    failed.platform = () => ({ outcome: "failed", detail: "no" });
    const rollback = back(failed.play());
    rollback.resolution = { outcome: "ecs-service", facts: ecsFacts() };
    expect(rollback.play().kinds).toEqual(["setWeights", "promoteTaskSet"]);
    expect(rollback.state.status).toBe("Succeeded");
  });

  it("does not start when the original is gone", () => {
    const rollback = back(new PlayedShift(ecs({ schedule: LINEAR })).play().stop());
    rollback.resolution = {
      outcome: "ecs-service",
      facts: ecsFacts({ service: { ...ecsFacts().service!, taskSets: [] } }),
    };
    expect(rollback.play().state).toMatchObject({
      status: "Failed",
      error: { code: "INVALID_ECS_SERVICE", message: expect.stringContaining("blue") },
    });
    expect(rollback.asked).toEqual([]);
  });

  it("succeeds, and says so, when the replacement can not be removed", () => {
    const rollback = back(new PlayedShift(ecs({ schedule: LINEAR })).play().stop());
    rollback.platform = ({ kind }) => (kind === "removeTaskSet" ? { outcome: "failed", detail: "no" } : DONE);
    expect(rollback.play().state).toMatchObject({
      status: "Succeeded",
      statusMessages: [expect.stringContaining("green serves nobody any more")],
    });
  });

  it("is not made where nothing was installed", () => {
    const failed = new PlayedShift(ecs({ hooks: HOOKS })).play().answer(false);
    expect(failed.state.status).toBe("Failed");
    expect(decideRollback(failed.state, POLICY)).toMatchObject({ decision: "refused" });
  });

  it("is not rolled back itself", () => {
    const rollback = back(new PlayedShift(ecs({ schedule: LINEAR })).play().stop());
    rollback.platform = () => ({ outcome: "failed", detail: "no" });
    expect(rollback.play().state.status).toBe("Failed");
    const policy = { ...POLICY, creator: "codeDeployRollback" };
    expect(decideRollback(rollback.state, policy)).toMatchObject({ decision: "refused" });
  });
});
