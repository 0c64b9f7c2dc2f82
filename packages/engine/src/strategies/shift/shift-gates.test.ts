import { describe, expect, it } from "vitest";
import { ALL_AT_ONCE, createdState } from "../../engine.fixture.ts";
import { hostTarget } from "../../target.fixture.ts";
import { ecs, HOUR, lambda, MINUTE, PlayedShift } from "./played-shift.fixture.ts";
import { changeOfShift, isShiftOpen } from "./shift-gates.ts";

const LINEAR = { type: "linear", percent: 30, intervalMilliseconds: 10 * MINUTE } as const;
const CANARY = { type: "canary", percent: 10, intervalMilliseconds: 10 * MINUTE } as const;
const WATCH = { names: ["errors"], ignoresPollFailure: false };

const percents = (played: PlayedShift) => played.weights.map(({ percent }) => percent);

describe.each([
  ["ECS", (schedule: typeof LINEAR | typeof CANARY) => new PlayedShift(ecs({ schedule }))],
  ["Lambda", (schedule: typeof LINEAR | typeof CANARY) => new PlayedShift(lambda({ schedule }))],
] as const)("a shift of %s in a person's hands", (_, begin) => {
  it("goes to its next weight at once, and keeps the time of the step after it", () => {
    const played = begin(LINEAR).play();
    const start = played.now;
    played.pass(MINUTE).change("next");
    expect(played.weights).toEqual([
      { percent: 30, at: start },
      { percent: 60, at: start + MINUTE },
    ]);
    expect(played.target.shift.gate).toBeUndefined();
    played.pass(10 * MINUTE - 1);
    expect(percents(played)).toEqual([30, 60]);
    played.pass(1);
    expect(percents(played)).toEqual([30, 60, 90]);
  });

  it("finishes in one step", () => {
    const played = begin(LINEAR).play().pass(MINUTE).change("finish");
    expect(percents(played)).toEqual([30, 100]);
    expect(played.playOn().state.status).toBe("Succeeded");
  });

  it("finishes after the weight that is on its way", () => {
    const played = begin(LINEAR);
    const { platform } = played;
    played.platform = (effect, now) =>
      "step" in effect && effect.step === 1 ? { outcome: "pending", detail: "" } : platform(effect, now);
    played.play();
    expect(changeOfShift(played.state, "next")).toMatchObject({
      outcome: "refused",
      reason: "no step waits now: the move to 30 % is not confirmed yet. Try again in a moment",
    });
    played.change("finish");
    expect(percents(played)).toEqual([30]);
    played.platform = platform;
    expect(percents(played.play())).toEqual([30, 100]);
  });

  it("asks for no weight while it is paused, says how it goes on, and goes on by its schedule", () => {
    const played = begin(LINEAR)
      .play()
      .pass(5 * MINUTE)
      .change("pause")
      .pass(2_000);
    const since = played.target.shift.gate?.since;
    expect(percents(played)).toEqual([30]);
    expect(played.pass(20 * HOUR).state.status).toBe("InProgress");
    expect(percents(played)).toEqual([30]);
    expect(played.target.command?.waiting).toMatchObject({
      reason: `the shift is paused at 30 % of the traffic. To let it go on: sluice shift resume ${played.state.deploymentId}`,
      since,
      until: null,
    });
    // The weight was watched for its whole time, and longer.
    played.change("resume");
    expect(percents(played)).toEqual([30, 60]);
    played.pass(10 * MINUTE);
    expect(percents(played)).toEqual([30, 60, 90]);
  });

  it("does not end a step by a pause that is taken back within it", () => {
    const played = begin(CANARY).play().pass(MINUTE).change("pause").pass(MINUTE).change("resume");
    played.pass(8 * MINUTE - 1);
    expect(percents(played)).toEqual([10]);
    expect(percents(played.pass(1))).toEqual([10, 100]);
  });

  it("can be paused twice, which is once, and resumed without a pause, which is nothing", () => {
    const played = begin(CANARY).play();
    expect(changeOfShift(played.state, "resume").outcome).toBe("unchanged");
    played.change("pause");
    expect(changeOfShift(played.state, "pause").outcome).toBe("unchanged");
    for (const action of ["next", "finish"] as const) {
      expect(changeOfShift(played.state, action)).toMatchObject({
        outcome: "refused",
        reason: `its shift is paused. To let it go on: sluice shift resume ${played.state.deploymentId}`,
      });
    }
  });

  it("can be stopped while it is paused", () => {
    const played = begin(CANARY).play().change("pause").stop();
    expect(played.state.status).toBe("Stopped");
    expect(changeOfShift(played.state, "resume")).toMatchObject({ outcome: "refused" });
  });

  it("ends by its time limit while it is paused for ever", () => {
    const played = begin(CANARY).play().change("pause").playOn();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "TIMEOUT" } });
    expect(percents(played)).toEqual([10]);
  });
});

it("a pause does not keep an alarm from stopping a shift", () => {
  const played = new PlayedShift(ecs({ schedule: CANARY }), { alarms: WATCH });
  played.alarms = { outcome: "read", firing: [] };
  played.play().change("pause");
  played.alarms = { outcome: "read", firing: [{ name: "errors", state: "alarm", since: null, detail: "" }] };
  expect(played.pass(MINUTE).state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
});

describe("a shift is not changed", () => {
  it.each([
    ["before it begins", () => new PlayedShift(ecs()), "it has not begun"],
    [
      "before its traffic moves",
      () => new PlayedShift(ecs({ hooks: { BeforeInstall: "look" } })).play(),
      "its traffic does not move yet: AllowTraffic has not begun",
    ],
    [
      "after it has moved",
      () => new PlayedShift(lambda({ hooks: { AfterAllowTraffic: "look" } })).play(),
      "its traffic has moved already",
    ],
    [
      "on the way back",
      () =>
        new PlayedShift({
          type: "lambda-rollback",
          alias: { functionName: "charge", aliasName: "live" },
          currentVersion: "1",
          targetVersion: "2",
        }),
      "it is a rollback, and its traffic goes back in one step",
    ],
  ])("%s", (_, begin, reason) => {
    expect(changeOfShift(begin().state, "pause")).toEqual({ outcome: "refused", reason });
  });

  it("when all of it is asked for", () => {
    const played = new PlayedShift(ecs());
    played.platform = (effect) => ({
      outcome: effect.kind === "setWeights" ? "pending" : "done",
      detail: "",
      taskSetId: "green",
    });
    expect(changeOfShift(played.play().state, "pause")).toMatchObject({
      reason: "all of its traffic has moved, or was asked for already",
    });
  });
});

it.each([[[]], [[hostTarget("h1")]], [[hostTarget("h1"), hostTarget("h2")]]])("hosts have no shift: %j", (targets) => {
  const state = { ...createdState({ healthRule: ALL_AT_ONCE }), targets };
  expect(changeOfShift(state, "resume")).toEqual({
    outcome: "refused",
    reason: "no traffic is shifted by weights: only deployments to ECS and Lambda do that",
  });
  expect(isShiftOpen(state)).toBe(false);
});
