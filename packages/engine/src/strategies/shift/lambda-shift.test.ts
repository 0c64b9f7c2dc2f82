import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ShiftSchedule } from "../../traffic-shift.ts";
import { DONE, HOUR, lambda, lambdaFacts, MINUTE, PlayedShift } from "./played-shift.fixture.ts";

const CANARY = { type: "canary", percent: 10, intervalMilliseconds: 5 * MINUTE } as const;
const LINEAR: ShiftSchedule = { type: "linear", percent: 30, intervalMilliseconds: MINUTE };
const HOOKS = { BeforeAllowTraffic: "before", AfterAllowTraffic: "after" };
const ALARMS = { names: ["errors"], ignoresPollFailure: false };
const FIRING = {
  outcome: "read",
  firing: [{ name: "errors", state: "alarm", since: null, detail: "too many" }],
} as const;

describe("a Lambda deployment", () => {
  it("moves all traffic at once, with three events in order", () => {
    const played = new PlayedShift(lambda()).play();
    expect(played.state).toMatchObject({ status: "Succeeded", error: null });
    expect(played.outcomes).toEqual([
      ["BeforeAllowTraffic", "Succeeded"],
      ["AllowTraffic", "Succeeded"],
      ["AfterAllowTraffic", "Succeeded"],
    ]);
    expect(played.kinds).toEqual(["setAliasWeights"]);
    expect(played.target).toMatchObject({ status: "Succeeded", shift: { step: 1, percent: 100 } });
  });

  it("moves a canary, watches it for its interval, and moves the rest", () => {
    const played = new PlayedShift(lambda({ schedule: CANARY })).play();
    const begun = played.now;
    expect(played.weights).toEqual([{ percent: 10, at: begun }]);
    played.pass(5 * MINUTE - 1);
    expect(played.weights).toHaveLength(1);
    expect(played.target).toMatchObject({ status: "InProgress", shift: { step: 1, percent: 10, asked: null } });
    played.pass(1);
    expect(played.weights).toEqual([
      { percent: 10, at: begun },
      { percent: 100, at: begun + 5 * MINUTE },
    ]);
    expect(played.state.status).toBe("Succeeded");
  });

  it("asks to be woken for the next step, and says what it waits for", () => {
    const played = new PlayedShift(lambda({ schedule: CANARY })).play();
    played.now = played.wakeAt ?? 0;
    played.play();
    const until = played.weights[0]!.at + 5 * MINUTE;
    expect(played.target.command?.waiting).toMatchObject({ reason: expect.stringContaining("10 %"), until });
    expect(played.wakeAt).toBe(until);
  });

  it("counts each interval from when the weight before was in force", () => {
    const played = new PlayedShift(lambda({ schedule: LINEAR }));
    // Each weight takes 20 s to be set.
    const begun = new Map<string, number>();
    played.platform = ({ key }, now) => {
      if (!begun.has(key)) begun.set(key, now);
      return now >= begun.get(key)! + 20_000 ? DONE : { outcome: "pending", detail: "provisioned concurrency" };
    };
    played.play();
    while (!played.isOver) played.pass(1_000);
    const [first, ...others] = played.weights;
    expect(played.weights.map(({ percent }) => percent)).toEqual([30, 60, 90, 100]);
    for (const [index, { at }] of others.entries()) expect(at - first!.at).toBe((index + 1) * (MINUTE + 20_000));
  });

  it("waits for the answer of each hook, and goes on with it", () => {
    const played = new PlayedShift(lambda({ hooks: HOOKS })).play();
    expect(played.kinds).toEqual(["invokeHook"]);
    expect(played.asked[0]?.effect).toMatchObject({
      invocation: { hook: "before", deploymentId: "d-A1B2C3D4E", event: "BeforeAllowTraffic" },
    });
    played.answer(true);
    expect(played.kinds).toEqual(["invokeHook", "setAliasWeights", "invokeHook"]);
    expect(played.state.status).toBe("InProgress");
    played.answer(true);
    expect(played.state.status).toBe("Succeeded");
  });

  it("has hooks run with the role of its group, where that has one", () => {
    const invocationOf = (serviceRoleArn: string | undefined) => {
      const played = new PlayedShift(lambda({ hooks: HOOKS, serviceRoleArn })).play();
      return played.asked.flatMap(({ effect }) => (effect.kind === "invokeHook" ? [effect.invocation] : []))[0];
    };
    expect(invocationOf("arn:aws:iam::111122223333:role/CodeDeploy")?.serviceRoleArn).toMatch(/role\/CodeDeploy$/);
    expect(invocationOf(undefined)).not.toHaveProperty("serviceRoleArn");
  });

  it("has its alias shifted with the role of its group, and keeps that role out of its target", () => {
    const alias = { functionName: "charge", aliasName: "live", serviceRoleArn: "arn:aws:iam::111122223333:role/group" };
    const played = new PlayedShift(lambda({ alias })).play();
    expect(played.asked.map(({ effect }) => effect)).toEqual([
      expect.objectContaining({ kind: "setAliasWeights", alias }),
    ]);
    expect(JSON.stringify(played.target)).not.toContain("serviceRoleArn");
  });

  it("takes the first answer of a hook, and no other", () => {
    const played = new PlayedShift(lambda({ hooks: HOOKS })).play();
    played.answer(true, "BeforeAllowTraffic");
    const before = played.events.length;
    played.answer(true, "BeforeAllowTraffic").answer(false, "BeforeAllowTraffic").answer(true, "AllowTraffic");
    expect(played.events).toHaveLength(before);
    expect(played.event("AfterAllowTraffic").status).toBe("InProgress");
  });

  it("fails with the hook that says no, and touches no alias after it", () => {
    const played = new PlayedShift(lambda({ hooks: HOOKS })).play().answer(false);
    expect(played.state).toMatchObject({
      status: "Failed",
      error: { code: "HOOK_EXECUTION_FAILURE", message: expect.stringContaining("BeforeAllowTraffic") },
    });
    expect(played.outcomes).toEqual([
      ["BeforeAllowTraffic", "Failed"],
      ["AllowTraffic", "Skipped"],
      ["AfterAllowTraffic", "Skipped"],
    ]);
    expect(played.weights).toEqual([]);
  });

  it("fails when a hook can not be run, crashes, or does not answer in its hour", () => {
    const crashed = new PlayedShift(lambda({ hooks: HOOKS }));
    crashed.platform = () => ({ outcome: "failed", detail: "it exited with 1" });
    expect(crashed.play().state).toMatchObject({
      status: "Failed",
      error: {
        code: "HOOK_EXECUTION_FAILURE",
        message:
          "The deployment failed because one or more of the lifecycle event validation functions failed. The hook before of BeforeAllowTraffic failed: it exited with 1.",
      },
    });
    const silent = new PlayedShift(lambda({ hooks: HOOKS })).play();
    silent.pass(HOUR - 1);
    expect(silent.state.status).toBe("InProgress");
    expect(silent.wakeAt).toBe(silent.now + 1);
    silent.pass(1);
    expect(silent.state).toMatchObject({
      status: "Failed",
      error: { code: "HOOK_EXECUTION_FAILURE", message: expect.stringContaining("within 60 minutes") },
    });
  });

  it("gives hooks the time of their group, and says meanwhile that no answer has come", () => {
    const hookTimeoutMilliseconds = 90_000;
    const silent = new PlayedShift(lambda({ hooks: HOOKS, hookTimeoutMilliseconds })).play();
    const begun = silent.now;
    silent.pass(1_000);
    expect(silent.target.command?.waiting).toMatchObject({
      reason: "the hook before has not answered yet",
      since: begun,
      until: begun + hookTimeoutMilliseconds,
    });
    silent.pass(hookTimeoutMilliseconds - 1_001);
    expect(silent.state.status).toBe("InProgress");
    expect(silent.pass(1).state.error).toEqual({
      code: "HOOK_EXECUTION_FAILURE",
      message:
        "The deployment timed out while waiting for a status callback. The hook before of BeforeAllowTraffic did not answer within 90 seconds: a hook answers by PutLifecycleEventHookExecutionStatus.",
    });
  });

  it("waits on for somebody to answer for a hook that returned without, and says how", () => {
    const returned = new PlayedShift(lambda({ hooks: HOOKS }));
    returned.platform = ({ kind }) =>
      kind === "invokeHook"
        ? { outcome: "done", detail: "it returned without an answer", hasReturned: true }
        : { outcome: "done", detail: "" };
    const begun = returned.play().now;
    returned.pass(1_000);
    expect(returned.target.command?.waiting).toMatchObject({
      reason:
        "the hook before returned without an answer; to answer for it (Succeeded or Failed): aws deploy put-lifecycle-event-hook-execution-status --deployment-id d-A1B2C3D4E --lifecycle-event-hook-execution-id BeforeAllowTraffic/1/charge --status Succeeded",
      since: begun,
      until: begun + HOUR,
    });
    returned.answer(true);
    returned.pass(HOUR);
    expect(returned.state).toMatchObject({
      status: "Failed",
      error: {
        code: "HOOK_EXECUTION_FAILURE",
        message: expect.stringMatching(
          /The hook after of AfterAllowTraffic did not answer within 60 minutes.*: it returned without an answer\.$/,
        ),
      },
    });
  });

  it("tells of a hook that returned, when it is stopped, only that", () => {
    const returned = new PlayedShift(lambda({ hooks: HOOKS }));
    returned.platform = () => ({ outcome: "done", detail: "it returned without an answer", hasReturned: true });
    returned.play().stop();
    const [event] = returned.target.lifecycleEvents;
    expect(event?.diagnostics?.message).toMatch(
      /The last that was heard of it: the hook before returned without an answer\.$/,
    );
  });

  it("has the end of a crashed hook's log in its event", () => {
    const crashed = new PlayedShift(lambda({ hooks: HOOKS }));
    crashed.platform = () => ({ outcome: "failed", detail: "Error: no such charge", logTail: "at charge.js:3\n" });
    const [event] = crashed.play().target.lifecycleEvents;
    expect(event).toMatchObject({ status: "Failed", diagnostics: { logTail: "at charge.js:3\n" } });
    expect(event?.diagnostics?.message).toContain("failed: Error: no such charge.");
  });

  it("fails when the alias can not be shifted, and says how it leaves it", () => {
    const played = new PlayedShift(lambda({ schedule: CANARY }));
    played.play();
    played.platform = () => ({ outcome: "failed", detail: "somebody else has changed it" });
    played.pass(5 * MINUTE);
    expect(played.state).toMatchObject({
      status: "Failed",
      error: {
        code: "INVALID_LAMBDA_CONFIGURATION",
        message: "The alias live of charge could not be shifted: somebody else has changed it.",
      },
    });
    expect(played.state.statusMessages.join(" ")).toContain(
      "10 % of the traffic goes to version 2 (100 % were asked for",
    );
  });

  it("fails when a weight is not set in its time", () => {
    const played = new PlayedShift(lambda());
    played.platform = () => ({ outcome: "pending", detail: "version 2 is not active" });
    played.playOn();
    expect(played.state).toMatchObject({
      status: "Failed",
      error: { message: expect.stringContaining("within 15 minutes: version 2 is not active") },
    });
  });

  it("blames whoever is waited for when a weight is not set in its time", () => {
    const played = new PlayedShift(lambda());
    played.platform = () => ({ outcome: "pending", detail: "no role", code: "IAM_ROLE_PERMISSIONS" });
    played.playOn();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "IAM_ROLE_PERMISSIONS" } });
  });

  it("leaves the weights where a stop finds them, and says where that is", () => {
    const played = new PlayedShift(lambda({ schedule: CANARY })).play().stop();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.outcomes).toEqual([
      ["BeforeAllowTraffic", "Succeeded"],
      ["AllowTraffic", "Failed"],
      ["AfterAllowTraffic", "Skipped"],
    ]);
    expect(played.event("AllowTraffic").diagnostics?.message).toBe(
      "The deployment was stopped while AllowTraffic was in progress. It was waiting then, and nothing goes on.",
    );
    expect(played.target.shift).toMatchObject({ percent: 10 });
    expect(played.state.statusMessages).toEqual([
      "The alias live of charge: 10 % of the traffic goes to version 2 and the rest to version 1.",
      "Its traffic stays so unless a rollback moves it, and until all of it goes to one version no deployment of the alias starts. To give all of it to version 1: aws lambda update-alias --function-name charge --name live --function-version 1 --routing-config AdditionalVersionWeights={}",
    ]);
    expect(played.pass(HOUR).weights).toHaveLength(1);
  });

  it("is stopped by an alarm in mid-shift, and shifts no further", () => {
    const played = new PlayedShift(lambda({ schedule: LINEAR }), { alarms: ALARMS }).play();
    played.pass(MINUTE);
    played.alarms = FIRING;
    played.pass(MINUTE);
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
    expect(played.weights.map(({ percent }) => percent)).toEqual([30, 60]);
  });

  it.each([
    ["counts the time of a server that is away", undefined, 5],
    ["does not count it where an alarm is watched", ALARMS, 25],
  ])("%s", (_name, alarms, minutes) => {
    const played = new PlayedShift(lambda({ schedule: CANARY }), alarms ? { alarms } : {});
    if (alarms) played.alarms = { outcome: "read", firing: [] };
    const begun = played.play().now;
    const away = { from: begun + 2 * MINUTE, until: begun + 22 * MINUTE };
    for (played.now = away.until; !played.isOver; played.pass(1_000)) {
      played.heard = [
        { from: 0, until: away.from },
        { from: away.until, until: played.now },
      ];
      if (alarms) expect(played.now).toBeLessThan(begun + 27 * MINUTE);
      played.play();
    }
    expect(played.weights[1]!.at).toBeGreaterThanOrEqual(begun + minutes * MINUTE);
    expect(played.weights[1]!.at).toBeLessThan(begun + Math.max(minutes, 22) * MINUTE + 30_000);
  });

  it("ends when its 50 hours are over", () => {
    const played = new PlayedShift(lambda({ schedule: { ...CANARY, intervalMilliseconds: 51 * HOUR } })).play();
    played.playOn();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "TIMEOUT" } });
  });

  it("says of a hook that fails after the shift that all traffic stays with the target", () => {
    const played = new PlayedShift(lambda({ hooks: { AfterAllowTraffic: "after" } })).play().answer(false);
    const [left, cure] = played.state.statusMessages;
    expect(left).toBe("The alias live of charge: all of the traffic goes to version 2.");
    expect(cure).toMatch(
      /^Its traffic stays so unless a rollback moves it\. To give all of it to version 1: aws lambda/,
    );
  });

  it("leaves nothing to be mended where no traffic has moved", () => {
    const played = new PlayedShift(lambda({ hooks: HOOKS })).play().stop();
    expect(played.state).toMatchObject({ status: "Stopped", statusMessages: [] });
  });

  it("takes the version that the alias points at where the AppSpec leaves it to it, and keeps to it", () => {
    const resolution = {
      outcome: "lambda-alias",
      facts: lambdaFacts({ routing: { version: "7", second: null } }),
    } as const;
    const alias = { functionName: "arn:aws:lambda:us-east-1:111122223333:function:charge", aliasName: "live" };
    const strategy = lambda({ currentVersion: null, targetVersion: "9", alias, schedule: CANARY });
    const played = new PlayedShift(strategy, { resolution }).play();
    expect(played.target).toMatchObject({ targetId: "charge", functionName: "charge", currentVersion: "7" });
    expect(played.asked.map(({ effect }) => effect)).toEqual([
      expect.objectContaining({ alias, shift: { currentVersion: "7", targetVersion: "9", percent: 10 } }),
    ]);
    played.stop();
    expect(played.state.statusMessages.join(" ")).toContain(
      `--function-name ${alias.functionName} --name live --function-version 7 `,
    );
  });

  it.each([
    [
      "is at the target already",
      "2",
      /at version 2 already, .*nothing to shift\. .*publish-version --function-name charge/,
    ],
    ["is at $LATEST", "$LATEST", /is at \$LATEST, which is no published version/],
  ])("does not start from an alias that %s", (_name, version, words) => {
    const facts = lambdaFacts({ routing: { version, second: null } });
    const resolution = { outcome: "lambda-alias", facts } as const;
    const played = new PlayedShift(lambda({ currentVersion: null }), { resolution }).play();
    expect(played.state.error).toEqual({
      code: "INVALID_LAMBDA_CONFIGURATION",
      message: expect.stringMatching(words),
    });
  });

  it.each([
    [undefined, "as a deployment that was stopped leaves it"],
    ["d-STOPPED01", "as deployment d-STOPPED01 has left it"],
  ])("does not start from weights that were left by %s, and says how to mend them", (leftBy, words) => {
    const routing = { version: "1", second: { version: "2", percent: 10 } };
    const resolution = { outcome: "lambda-alias", facts: lambdaFacts({ routing, leftBy }) } as const;
    const played = new PlayedShift(lambda(), { resolution }).play();
    expect(played.state.error?.message).toBe(
      `The alias live of charge sends 10 % of its traffic to version 2, ${words}. To give all of it to version 1 again: aws lambda update-alias --function-name charge --name live --function-version 1 --routing-config AdditionalVersionWeights={}. Then deploy again.`,
    );
  });

  it.each([
    ["there is no such alias", { routing: null }, "INVALID_LAMBDA_FUNCTION", "no alias live"],
    [
      "the alias is elsewhere",
      { routing: { version: "7", second: null } },
      "INVALID_LAMBDA_CONFIGURATION",
      "version 7",
    ],
    [
      "weights were left on the alias",
      { routing: { version: "1", second: { version: "2", percent: 10 } } },
      "INVALID_LAMBDA_CONFIGURATION",
      "10 % of its traffic to version 2",
    ],
    ["a version is not published", { target: null }, "INVALID_LAMBDA_FUNCTION", "Version 2"],
    [
      "the versions cannot share an alias",
      { target: { isActive: true, role: "other", deadLetterTarget: null, detail: "" } },
      "INVALID_LAMBDA_CONFIGURATION",
      "execution role",
    ],
    [
      "a hook is missing",
      { hooks: [{ event: "AfterAllowTraffic", hook: "after", facts: { outcome: "missing", reason: "gone" } }] },
      "HOOK_EXECUTION_FAILURE",
      "after of AfterAllowTraffic",
    ],
  ] as const)("does not start when %s", (_name, facts, code, words) => {
    const resolution = { outcome: "lambda-alias", facts: lambdaFacts(facts) } as const;
    const played = new PlayedShift(lambda({ hooks: HOOKS }), { resolution }).play();
    expect(played.state).toMatchObject({ status: "Failed", startedAt: null });
    expect(played.state.error).toEqual({ code, message: expect.stringContaining(words) });
    expect(played.asked).toEqual([]);
  });

  it("tells what is to be known of how a weight was set", () => {
    const played = new PlayedShift(lambda({ schedule: CANARY }));
    played.platform = () => ({ outcome: "done", detail: "nobody waited for provisioned concurrency" });
    played.play();
    expect(played.state.statusMessages).toEqual([
      "As 10 % of the traffic moved, nobody waited for provisioned concurrency.",
    ]);
  });

  it("starts with versions that nobody may look at, and says so", () => {
    const unchecked = { isActive: true, role: "", deadLetterTarget: null, detail: "", unchecked: "access denied" };
    for (const facts of [{ target: unchecked }, { current: unchecked, target: unchecked }]) {
      const resolution = { outcome: "lambda-alias", facts: lambdaFacts(facts) } as const;
      const played = new PlayedShift(lambda(), { resolution }).play();
      expect(played.state).toMatchObject({
        status: "Succeeded",
        statusMessages: ["The versions 1 and 2 of charge were not looked at: access denied."],
      });
    }
  });

  it("keeps its schedule, and ends, whatever is slow and whenever it is stopped", () => {
    const schedules: fc.Arbitrary<Exclude<ShiftSchedule, { type: "all-at-once" }>> = fc.record({
      type: fc.constantFrom("canary", "linear"),
      percent: fc.integer({ min: 10, max: 99 }),
      intervalMilliseconds: fc.integer({ min: 1, max: 30 }).map((minutes) => minutes * MINUTE),
    });
    const slow = fc.array(fc.integer({ min: 0, max: 10 * MINUTE }), { minLength: 1 });
    const stopAt = fc.option(fc.integer({ min: 0, max: 5 * HOUR }));
    fc.assert(
      fc.property(schedules, slow, stopAt, (schedule, delays, stop) => {
        const played = new PlayedShift(lambda({ schedule }));
        const begun = new Map<string, number>();
        const inForce: number[] = [];
        played.platform = ({ key }, now) => {
          if (!begun.has(key)) begun.set(key, now + (delays[begun.size % delays.length] ?? 0));
          if (now < begun.get(key)!) return { outcome: "pending", detail: "slow" };
          inForce.push(now);
          return DONE;
        };
        const stopTime = stop === null ? Number.POSITIVE_INFINITY : played.now + stop;
        for (let turn = 0; turn < 5_000 && !played.isOver; turn++) {
          played.pass(Math.min(60_000, Math.max(1, (played.wakeAt ?? Infinity) - played.now)));
          if (played.now >= stopTime && !played.isOver) played.stop();
        }
        expect(played.isOver).toBe(true);
        for (const [index, { at }] of played.weights.entries()) {
          const before = inForce[index - 1];
          if (before !== undefined) expect(at).toBeGreaterThanOrEqual(before + schedule.intervalMilliseconds);
        }
        if (played.state.status === "Succeeded") expect(played.target.shift.percent).toBe(100);
      }),
      { numRuns: 50 },
    );
  });
});
