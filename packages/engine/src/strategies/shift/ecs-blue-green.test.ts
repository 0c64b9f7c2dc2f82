import { describe, expect, it } from "vitest";
import type { ShiftSchedule } from "../../traffic-shift.ts";
import { DONE, ecs, ecsFacts, HOUR, MINUTE, PlayedShift } from "./played-shift.fixture.ts";

const LINEAR: ShiftSchedule = { type: "linear", percent: 30, intervalMilliseconds: MINUTE };
const HOOKS = {
  BeforeInstall: "before-install",
  AfterInstall: "after-install",
  AfterAllowTestTraffic: "after-test",
  BeforeAllowTraffic: "before",
  AfterAllowTraffic: "after",
};
const ALARMS = { names: ["errors"], ignoresPollFailure: false };
const FIRING = {
  outcome: "read",
  firing: [{ name: "errors", state: "alarm", since: null, detail: "too many" }],
} as const;
const WITHOUT_TEST = ecs().pair;

/** Answers hooks with yes until the event under way is `event`. */
function bringTo(played: PlayedShift, event: string): PlayedShift {
  for (let turn = 0; turn < 20 && played.target.command?.event !== event; turn++) {
    if (played.target.command?.by === "hook") played.answer(true);
    else played.now = Math.max(played.now + 1, played.wakeAt ?? 0);
    played.play();
  }
  expect(played.target.command?.event).toBe(event);
  return played;
}

describe("an ECS deployment", () => {
  it("goes through its eight events in order", () => {
    const played = new PlayedShift(ecs({ terminationWaitMilliseconds: 0 })).play();
    expect(played.state).toMatchObject({ status: "Succeeded", error: null });
    expect(played.outcomes).toEqual([
      ["BeforeInstall", "Succeeded"],
      ["Install", "Succeeded"],
      ["AfterInstall", "Succeeded"],
      ["AllowTestTraffic", "Succeeded"],
      ["AfterAllowTestTraffic", "Succeeded"],
      ["BeforeAllowTraffic", "Succeeded"],
      ["AllowTraffic", "Succeeded"],
      ["AfterAllowTraffic", "Succeeded"],
    ]);
    expect(played.kinds).toEqual([
      "createTaskSet",
      "awaitTaskSet",
      "setTestTraffic",
      "setWeights",
      "promoteTaskSet",
      "removeTaskSet",
    ]);
  });

  it("makes the task set of its plan, under its own id, behind the group that does not serve", () => {
    const played = new PlayedShift(ecs()).play();
    expect(played.asked[0]?.effect).toMatchObject({
      service: { clusterName: "shop", serviceName: "web" },
      plan: { externalId: "d-A1B2C3D4E", taskDefinition: "web:2", targetGroup: "tg-two", containerPort: 80 },
    });
    expect(played.target).toMatchObject({ originalTaskSetId: "blue", replacementTaskSetId: "green" });
  });

  it("installs until the task set is steady, tells why it is not, and gives it no traffic before", () => {
    const played = new PlayedShift(ecs());
    let steadyAt = Number.POSITIVE_INFINITY;
    played.platform = ({ kind }, now) => {
      if (kind === "createTaskSet") return { ...DONE, taskSetId: "green" };
      if (kind !== "awaitTaskSet" || now >= steadyAt) return DONE;
      return { outcome: "pending", detail: "1 of 2 tasks run: exit code 1" };
    };
    played.play().pass(2_000);
    expect(played.kinds).toEqual(["createTaskSet", "awaitTaskSet"]);
    expect(played.target.command).toMatchObject({
      event: "Install",
      waiting: { reason: "1 of 2 tasks run: exit code 1" },
    });
    steadyAt = played.now + MINUTE;
    played.pass(MINUTE);
    expect(played.state.status).toBe("Succeeded");
  });

  it("fails as AWS does when the task set is not steady within an hour", () => {
    const played = new PlayedShift(ecs());
    played.platform = ({ kind }) =>
      kind === "createTaskSet" ? { ...DONE, taskSetId: "green" } : { outcome: "pending", detail: "no capacity" };
    played.playOn();
    expect(played.state.error).toEqual({
      code: "TIMEOUT",
      message: "The deployment timed out while waiting for the replacement task set to become healthy: no capacity.",
    });
    expect(played.state.status).toBe("Failed");
    expect(played.kinds).toEqual(["createTaskSet", "awaitTaskSet"]);
    expect(played.state.statusMessages).toContain(
      "The replacement task set green runs on, unless a rollback removes it.",
    );
  });

  it("fails when ECS, or the balancer, says no", () => {
    const refusing = (kind: string) => {
      const played = new PlayedShift(ecs());
      played.platform = (effect) => {
        if (effect.kind === kind) return { outcome: "failed", detail: "it may not" };
        return effect.kind === "createTaskSet" ? { ...DONE, taskSetId: "green" } : DONE;
      };
      return played.play().state.error;
    };
    expect(refusing("createTaskSet")).toEqual({
      code: "ECS_UPDATE_ERROR",
      message:
        "The ECS service cannot be updated due to an unexpected error: The replacement task set could not be created: it may not. Check your ECS service status.",
    });
    expect(refusing("awaitTaskSet")).toMatchObject({ code: "ECS_UPDATE_ERROR" });
    expect(refusing("setTestTraffic")).toMatchObject({ code: "ELASTIC_LOAD_BALANCING_INVALID" });
    expect(refusing("setWeights")).toEqual({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: "The ELB could not be updated due to the following error: AllowTraffic was refused: it may not.",
    });
    expect(refusing("promoteTaskSet")).toMatchObject({ code: "ECS_UPDATE_ERROR" });
  });

  it.each(["createTaskSet", "awaitTaskSet", "setTestTraffic", "setWeights", "promoteTaskSet"])(
    "takes the truer code of who refused %s, whose words come first",
    (kind) => {
      const played = new PlayedShift(ecs());
      const detail =
        "The IAM role r does not give you permission to perform operations in the following AWS service: X.";
      played.platform = (effect) => {
        if (effect.kind === kind) return { outcome: "failed", detail, code: "IAM_ROLE_PERMISSIONS" };
        return effect.kind === "createTaskSet" ? { ...DONE, taskSetId: "green" } : DONE;
      };
      expect(played.play().state.error).toEqual({
        code: "IAM_ROLE_PERMISSIONS",
        message: expect.stringMatching(/^The IAM role r does not .* service: X\. [A-Z].*\.$/),
      });
    },
  );

  it("sends test traffic to the replacement before its hook looks at it, and production traffic after", () => {
    const played = bringTo(new PlayedShift(ecs({ hooks: HOOKS })).play(), "AfterAllowTestTraffic");
    expect(played.asked.find(({ effect }) => effect.kind === "setTestTraffic")?.effect).toMatchObject({
      targetGroup: "tg-two",
    });
    expect(played.weights).toEqual([]);
    bringTo(played, "AfterAllowTraffic");
    expect(played.weights).toMatchObject([{ percent: 100 }]);
    expect(played.answer(true).state.status).toBe("Succeeded");
  });

  it("does nothing in the two test events without a test listener, and runs no hook in them", () => {
    const pair = { ...WITHOUT_TEST, testListener: null };
    const played = bringTo(new PlayedShift(ecs({ hooks: HOOKS, pair })).play(), "BeforeAllowTraffic");
    expect(played.event("AllowTestTraffic").status).toBe("Succeeded");
    expect(played.event("AfterAllowTestTraffic").status).toBe("Succeeded");
    expect(played.kinds).not.toContain("setTestTraffic");
    const hooks = played.asked.flatMap(({ effect }) => (effect.kind === "invokeHook" ? [effect.invocation.hook] : []));
    expect(hooks).toEqual(["before-install", "after-install", "before"]);
  });

  it("moves production traffic by the schedule, each weight with its complement, to a task set that is steady", () => {
    const played = new PlayedShift(ecs({ schedule: LINEAR })).playOn();
    const begun = played.weights[0]!.at;
    expect(played.weights).toEqual([30, 60, 90, 100].map((percent, step) => ({ percent, at: begun + step * MINUTE })));
    for (const { effect } of played.asked) {
      if (effect.kind !== "setWeights") continue;
      expect(effect.weights[0].percent + effect.weights[1].percent).toBe(100);
      expect(effect.gaining).toEqual({ service: { clusterName: "shop", serviceName: "web" }, taskSetId: "green" });
    }
    expect(played.kinds.slice(-1)).toEqual(["promoteTaskSet"]);
  });

  it("works the other way round where the second group of the pair serves", () => {
    const [blue] = ecsFacts().service!.taskSets;
    const service = { ...ecsFacts().service!, taskSets: [{ ...blue!, targetGroup: "tg-two" }] };
    const weights = [
      { targetGroup: "tg-one", percent: 0 },
      { targetGroup: "tg-two", percent: 100 },
    ] as const;
    const facts = ecsFacts({
      service,
      traffic: { outcome: "known", protocol: "http", production: weights, test: weights },
    });
    const played = new PlayedShift(ecs(), { resolution: { outcome: "ecs-service", facts } }).play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.asked[0]?.effect).toMatchObject({ plan: { targetGroup: "tg-one" } });
    expect(played.weights).toMatchObject([{ percent: 0 }]);
  });

  describe("that waits for leave", () => {
    const waiting = () => new PlayedShift(ecs({ hooks: HOOKS, readyWaitMilliseconds: HOUR })).play();
    const ready = () => {
      const played = waiting();
      for (let turn = 0; turn < 5 && played.state.status !== "Ready"; turn++) played.answer(true);
      expect(played.state).toMatchObject({ status: "Ready", wait: { kind: "ready", until: played.now + HOUR } });
      return played;
    };

    it("is Ready when the test traffic was looked at, and moves nothing", () => {
      const played = ready();
      expect(played.target.status).toBe("Ready");
      expect(played.event("AfterAllowTestTraffic").status).toBe("Succeeded");
      expect(played.pass(HOUR - 1).weights).toEqual([]);
      expect(played.event("BeforeAllowTraffic").status).toBe("Pending");
    });

    it("goes on when it is continued", () => {
      const played = ready().continue("ready");
      expect(played.target.command?.event).toBe("BeforeAllowTraffic");
      played.answer(true).answer(true);
      expect(played.state.status).toBe("Succeeded");
      expect(played.weights).toMatchObject([{ percent: 100 }]);
    });

    it("stops when nobody continues it in time", () => {
      const played = ready();
      expect(played.wakeAt).toBe(played.now + HOUR);
      played.pass(HOUR);
      expect(played.state.status).toBe("Stopped");
      expect(played.target.status).toBe("Skipped");
      expect(played.weights).toEqual([]);
    });

    it("is stopped by a request or an alarm", () => {
      expect(ready().stop().state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
      const played = new PlayedShift(ecs({ readyWaitMilliseconds: HOUR }), { alarms: ALARMS }).play();
      played.alarms = FIRING;
      expect(played.play().state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
    });
  });

  describe("that keeps the original for a while", () => {
    const kept = (alarms?: typeof ALARMS) => {
      const played = new PlayedShift(ecs({ terminationWaitMilliseconds: HOUR }), alarms ? { alarms } : {}).play();
      expect(played.state).toMatchObject({ status: "InProgress", wait: { kind: "termination" } });
      expect(played.target.status).toBe("Succeeded");
      expect(played.kinds).not.toContain("removeTaskSet");
      return played;
    };

    it("removes it when the wait is over, and has then succeeded", () => {
      const played = kept();
      expect(played.pass(HOUR - 1).kinds).not.toContain("removeTaskSet");
      expect(played.wakeAt).toBe(played.now + 1);
      played.pass(1);
      expect(played.asked.at(-1)?.effect).toMatchObject({ kind: "removeTaskSet", taskSetId: "blue" });
      expect(played.events).toContainEqual({ type: "taskSetRemoved", targetId: "shop:web", taskSetId: "blue" });
      expect(played.state.status).toBe("Succeeded");
    });

    it("removes it early when it is continued", () => {
      const played = kept().continue("termination");
      expect(played.kinds).toContain("removeTaskSet");
      expect(played.state.status).toBe("Succeeded");
    });

    it("ends with a stop or an alarm, and keeps it for the way back", () => {
      const stopped = kept().stop();
      expect(stopped.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
      const alarmed = kept(ALARMS);
      alarmed.alarms = FIRING;
      expect(alarmed.play().state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
      for (const played of [stopped, alarmed]) {
        expect(played.pass(2 * HOUR).kinds).not.toContain("removeTaskSet");
        expect(played.target.status).toBe("Succeeded");
      }
    });

    it("is not ended any more while the original is being removed", () => {
      const played = kept();
      played.platform = () => ({ outcome: "pending", detail: "its tasks are stopping" });
      played.continue("termination").stop();
      expect(played.state.status).toBe("InProgress");
      played.platform = () => DONE;
      expect(played.play().state.status).toBe("Succeeded");
    });

    it("succeeds, and says so, when the original can not be removed", () => {
      const played = kept();
      played.platform = () => ({ outcome: "failed", detail: "it may not" });
      played.continue("termination");
      expect(played.state.status).toBe("Succeeded");
      expect(played.state.statusMessages).toEqual([expect.stringContaining("blue serves nobody any more")]);
    });
  });

  it("is stopped in mid-shift, and leaves the weights", () => {
    const played = new PlayedShift(ecs({ schedule: LINEAR })).play();
    played.pass(MINUTE).stop();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.event("AllowTraffic").status).toBe("Failed");
    expect(played.event("AfterAllowTraffic").status).toBe("Skipped");
    expect(played.state.statusMessages[0]).toContain("60 % of the traffic goes to the target group tg-two");
    expect(played.pass(HOUR).weights).toHaveLength(2);
  });

  it("takes note of a weight that is in force when it is stopped", () => {
    const played = new PlayedShift(ecs());
    played.platform = ({ kind }) => {
      if (kind === "createTaskSet") return { ...DONE, taskSetId: "green" };
      return kind === "setWeights" ? { outcome: "pending", detail: "slow" } : DONE;
    };
    played.play();
    const key = played.asked.find(({ effect }) => effect.kind === "setWeights")!.effect.key;
    played.reports.set(key, DONE);
    played.stop();
    expect(played.state.status).toBe("Stopped");
    expect(played.target.shift).toMatchObject({ step: 1, percent: 100, asked: null });
  });

  const definition = {
    outcome: "found",
    taskDefinition: "arn:web:2",
    containers: [{ name: "web", ports: [80] }],
  } as const;

  it.each([
    [
      "it runs one task a machine",
      { service: { ...ecsFacts().service!, scheduling: "DAEMON" } },
      "INVALID_ECS_SERVICE",
      "The service shop:web is a DAEMON service",
    ],
    [
      "there is no such task definition",
      { taskDefinition: { outcome: "missing", reason: "there is no task definition web:2" } },
      "ECS_UPDATE_ERROR",
      "The ECS service cannot be updated due to an unexpected error: there is no task definition web:2.",
    ],
    [
      "its task definition has no such container",
      { taskDefinition: { ...definition, containers: [{ name: "nginx", ports: [80] }] } },
      "ECS_UPDATE_ERROR",
      "The container web does not exist in the task definition. arn:web:2 has nginx.",
    ],
    [
      "the container has no such port",
      { taskDefinition: { ...definition, containers: [{ name: "web", ports: [8080, 8443] }] } },
      "ECS_UPDATE_ERROR",
      "The container web did not have a container port 80 defined. In arn:web:2 it has 8080",
    ],
    ["there is no such service", { service: null }, "INVALID_ECS_SERVICE", "no service shop:web"],
    [
      "others deploy the service",
      { service: { ...ecsFacts().service!, controller: "ECS" } },
      "INVALID_ECS_SERVICE",
      "CODE_DEPLOY deployment controller",
    ],
    [
      "there is no primary",
      { service: { ...ecsFacts().service!, taskSets: [] } },
      "INVALID_ECS_SERVICE",
      "no primary task set",
    ],
    [
      "the primary is behind another group",
      { service: { ...ecsFacts().service!, taskSets: [{ ...ecsFacts().service!.taskSets[0]!, targetGroup: "tg-x" }] } },
      "ELASTIC_LOAD_BALANCING_INVALID",
      "Primary taskset target group must be behind listener",
    ],
    [
      "the listener is gone",
      { traffic: { outcome: "unusable", reason: "there is no listener production" } },
      "ELASTIC_LOAD_BALANCING_INVALID",
      "no listener production",
    ],
    [
      "a task set of before has traffic where the replacement is to be: it must not be deleted first",
      {
        service: {
          ...ecsFacts().service!,
          taskSets: [
            ecsFacts().service!.taskSets[0]!,
            { ...ecsFacts().service!.taskSets[0]!, taskSetId: "old", status: "ACTIVE", targetGroup: "tg-two" },
          ],
        },
        traffic: {
          outcome: "known",
          protocol: "http",
          production: [
            { targetGroup: "tg-one", percent: 70 },
            { targetGroup: "tg-two", percent: 30 },
          ],
          test: null,
        },
      },
      "ELASTIC_LOAD_BALANCING_INVALID",
      "The production listener sends",
    ],
    [
      "a task set of before is where the replacement is to be",
      {
        service: {
          ...ecsFacts().service!,
          taskSets: [
            ...ecsFacts().service!.taskSets,
            {
              ...ecsFacts().service!.taskSets[0]!,
              taskSetId: "old",
              status: "ACTIVE",
              targetGroup: "tg-two",
              externalId: "d-0",
            },
          ],
        },
      },
      "INVALID_ECS_SERVICE",
      "The task set old of d-0 is behind tg-two, where the replacement is to be. Delete it, and deploy again: aws ecs delete-task-set --cluster shop --service web --task-set old --force",
    ],
    [
      "a task set of before is being deleted where the replacement is to be",
      {
        service: {
          ...ecsFacts().service!,
          taskSets: [
            ...ecsFacts().service!.taskSets,
            { ...ecsFacts().service!.taskSets[0]!, taskSetId: "old", status: "DRAINING", targetGroup: "tg-two" },
          ],
        },
      },
      "INVALID_ECS_SERVICE",
      "It is being deleted: deploy again when it is gone",
    ],
    [
      "weights were left",
      {
        traffic: {
          outcome: "known",
          protocol: "http",
          production: [
            { targetGroup: "tg-one", percent: 90 },
            { targetGroup: "tg-two", percent: 10 },
          ],
          test: null,
        },
      },
      "ELASTIC_LOAD_BALANCING_INVALID",
      "sends 90 % to tg-one and 10 % to tg-two",
    ],
    [
      "a hook is missing",
      { hooks: [{ event: "BeforeInstall", hook: "gone", facts: { outcome: "missing", reason: "no such function" } }] },
      "HOOK_EXECUTION_FAILURE",
      "no such function",
    ],
  ] as const)("does not start when %s", (_name, facts, code, words) => {
    const resolution = { outcome: "ecs-service", facts: ecsFacts(facts) } as const;
    const played = new PlayedShift(ecs(), { resolution }).play();
    expect(played.state).toMatchObject({ status: "Failed", startedAt: null });
    expect(played.state.error).toEqual({ code, message: expect.stringContaining(words) });
    expect(played.asked).toEqual([]);
  });

  it("moves all at once behind a network balancer, and by no other schedule", () => {
    const facts = ecsFacts();
    if (facts.traffic.outcome !== "known") throw new Error("the traffic is known");
    const resolution = {
      outcome: "ecs-service",
      facts: { ...facts, traffic: { ...facts.traffic, protocol: "network" } },
    } as const;
    expect(new PlayedShift(ecs(), { resolution }).play().state.status).toBe("Succeeded");
    const split = new PlayedShift(ecs({ schedule: LINEAR }), { resolution }).play();
    expect(split.state.error).toEqual({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message:
        "The ELB could not be updated due to the following error: The listener production is of a Network Load Balancer, which moves all traffic at once. Deploy with the configuration CodeDeployDefault.ECSAllAtOnce.",
    });
  });

  it("starts, and tells what nobody may look at", () => {
    const unchecked = { outcome: "unchecked", reason: "the role may not look" } as const;
    const facts = ecsFacts({
      taskDefinition: unchecked,
      hooks: [{ event: "BeforeInstall", hook: "look", facts: unchecked }],
    });
    const played = new PlayedShift(ecs({ hooks: { BeforeInstall: "look" } }), {
      resolution: { outcome: "ecs-service", facts },
    }).play();
    expect(played.state.statusMessages).toEqual([
      "The task definition web:2 was not looked at: the role may not look.",
      "The hook look of BeforeInstall was not looked for: the role may not look.",
    ]);
    expect(played.answer(true).state.status).toBe("Succeeded");
    expect(new PlayedShift(ecs()).play().state.statusMessages).toEqual([]);
  });

  it("names a stop and an alarm that came when the original was on its way out", () => {
    const played = new PlayedShift(ecs({ terminationWaitMilliseconds: 0 }), {
      alarms: { names: ["errors"], ignoresPollFailure: false },
    });
    let isGone = false;
    played.platform = (effect) => {
      if (effect.kind === "removeTaskSet") return { outcome: isGone ? "done" : "pending", detail: "" };
      return effect.kind === "createTaskSet" ? { ...DONE, taskSetId: "green" } : DONE;
    };
    played.alarms = { outcome: "read", firing: [] };
    played.play().stop();
    expect(played.state.status).toBe("InProgress");
    isGone = true;
    played.play();
    expect(played.state).toMatchObject({
      status: "Succeeded",
      statusMessages: [
        "The stop came too late: the replacement task set already received the traffic, and the original one was being removed.",
      ],
    });
  });
});
