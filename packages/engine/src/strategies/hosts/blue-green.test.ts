import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import type { EffectReport } from "../../effect-report.ts";
import {
  ALL_AT_ONCE,
  blueGreen,
  candidate,
  liveness,
  ONE_AT_A_TIME,
  PlayedDeployment,
  type Settings,
  START,
  twoFleets,
} from "../../engine.fixture.ts";
import { deploymentWaiting } from "../../waiting.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function deployment(strategy = blueGreen(), more: Partial<Settings> = {}) {
  return new PlayedDeployment({ healthRule: ALL_AT_ONCE, strategy, ...twoFleets(3, 2), ...more });
}

const placeOf = (played: PlayedDeployment, targetId: string, event: string) =>
  played.offered.findIndex((one) => one.targetId === targetId && one.event === event);

describe("lifecycle of blue/green", () => {
  it("is ten events on a replacement, the seven and the three that let its traffic in, and three on an original", () => {
    const played = deployment().play();
    for (const id of ["g1", "g2", "g3"]) expect(played.offeredTo(id)).toEqual([...IN_PLACE_EVENTS, ...ALLOW_EVENTS]);
    for (const id of ["b1", "b2"]) expect(played.offeredTo(id)).toEqual(BLOCK_EVENTS);
    expect(played.state).toMatchObject({ status: "Succeeded", statusMessages: [] });
  });

  it("labels the replacements Green and the originals Blue", () => {
    const played = deployment();
    played.plan();
    const labels = Object.fromEntries(played.targets.map(({ targetId, label }) => [targetId, label]));
    expect(labels).toEqual({ g1: "Green", g2: "Green", g3: "Green", b1: "Blue", b2: "Blue" });
  });

  it("lets traffic in on no replacement before all of them have the revision", () => {
    const played = deployment(blueGreen(), { healthRule: ONE_AT_A_TIME }).play();
    const lastInstalled = Math.max(...["g1", "g2", "g3"].map((id) => placeOf(played, id, "ValidateService")));
    const firstAllowed = Math.min(...["g1", "g2", "g3"].map((id) => placeOf(played, id, "BeforeAllowTraffic")));
    expect(firstAllowed).toBeGreaterThan(lastInstalled);
  });

  it("takes no original out before the last replacement serves", () => {
    const played = deployment();
    played.plan();
    for (const id of ["g1", "g2", "g3"]) played.bringTo(id, "BeforeAllowTraffic");
    for (const id of ["g1", "g2", "g3"]) played.bringTo(id, "AfterAllowTraffic");
    for (const id of ["g1", "g2"]) {
      played.acknowledge(id);
      played.complete(id);
    }
    played.plan();
    expect(played.offeredTo("b1")).toEqual([]);
    played.acknowledge("g3");
    played.complete("g3");
    played.plan();
    expect(played.target("b1").command?.event).toBe("BeforeBlockTraffic");
  });

  it("shows a replacement that has the revision and waits for its traffic as Ready", () => {
    const played = deployment();
    played.plan();
    played.bringTo("g1", "BeforeAllowTraffic");
    expect(played.target("g1")).toMatchObject({ status: "Ready", command: null });
    expect(played.eventOf("g1", "ValidateService")?.status).toBe("Succeeded");
    expect(played.eventOf("g1", "BeforeAllowTraffic")?.status).toBe("Pending");
  });

  it("does not fail a replacement for falling silent while it has nothing to do", () => {
    const played = deployment(blueGreen({ readyWaitMilliseconds: HOUR })).play();
    played.hear("g1", liveness({ goodbyeAt: START }));
    expect(played.plan().events).toEqual([]);
    played.hearAgain("g1");
    played.continue("ready");
    expect(played.play().outcomes.g1).toBe("Succeeded");
  });
});

describe("what gets traffic, when blue/green ends in the middle", () => {
  it("names the replacements that were being kept out, and does not say that they are", () => {
    const played = deployment();
    played.withholding = { outcome: "pending", detail: "g1 drains" };
    played.plan();
    played.stop();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", stage: "withhold" });
    expect(played.state.statusMessages).toEqual([
      "Being deregistered from the load balancer, which has not confirmed all of them: g1, g2, g3.",
      "Not deregistered from the load balancer: b1, b2.",
      "Skipped, because the deployment was stopped before their turn: g1, g2, g3, b1, b2.",
    ]);
  });

  it("tells those that are in from those that may still come in, and from those that are kept out", () => {
    const played = deployment(blueGreen(), { healthRule: ONE_AT_A_TIME }).play(
      (id, event) => id === "g2" && event === "AllowTraffic",
    );
    expect(played.state.status).toBe("Failed");
    expect(played.state.statusMessages).toEqual([
      "Registered with the load balancer: g1.",
      "Registering with the load balancer, which refused them or may still accept them (see AllowTraffic): g2.",
      "Kept deregistered from the load balancer: g3.",
      "Not deregistered from the load balancer: b1, b2.",
      "Skipped, because the deployment failed before their turn: g3, b1, b2.",
    ]);
  });

  it.each([
    ["Install", "Kept deregistered from the load balancer: g2."],
    [
      "AllowTraffic",
      "Registering with the load balancer, which refused them or may still accept them (see AllowTraffic): g2.",
    ],
    ["AfterAllowTraffic", "Failed, and registered with the load balancer: g2."],
  ])("says of a replacement that failed in %s, and without which it succeeded, where it is left", (failing, says) => {
    const played = deployment().play((id, event) => id === "g2" && event === failing);
    expect(played.state.status).toBe("Succeeded");
    expect(played.state.statusMessages).toEqual([expect.stringMatching(/^Succeeded with 1 failed host/), says]);
  });
});

describe("start of blue/green", () => {
  it.each<[string, Partial<Settings>, string, RegExp]>([
    [
      "no original host",
      { candidates: [] },
      "NO_INSTANCES",
      /no instances were found in your blue fleet\..*group prod/,
    ],
    ["no replacement host", { replacements: [] }, "NO_INSTANCES", /targetInstances of deployment d-A1B2C3D4E/],
    [
      "a host in both fleets",
      { candidates: [candidate("b1"), candidate("g1")] },
      "HEALTH_CONSTRAINTS_INVALID",
      /share hosts, so traffic cannot be moved from one to the other: g1\./,
    ],
    [
      "a minimum that the replacement fleet cannot keep, though the original one could",
      { healthRule: { type: "HOST_COUNT", value: 3 }, ...twoFleets(3, 9) },
      "HEALTH_CONSTRAINTS_INVALID",
      /HOST_COUNT 3 requires 3 healthy hosts, and the deployment has 3/,
    ],
  ])("%s: fails before anything is touched", (_, settings, code, says) => {
    const played = deployment(blueGreen(), settings).play();
    expect(played.state).toMatchObject({ status: "Failed", targets: null, error: { code } });
    expect(played.state.error?.message).toMatch(says);
  });

  it("takes its minimum from the replacement fleet", () => {
    const played = deployment(blueGreen(), { healthRule: { type: "FLEET_PERCENT", value: 50 }, ...twoFleets(5, 9) });
    played.plan();
    expect(played.state.minimumHealthyHosts).toBe(3);
  });
});

describe("deploymentReadyOption", () => {
  const stops = blueGreen({ readyWaitMilliseconds: HOUR });

  it("CONTINUE_DEPLOYMENT: traffic moves in the plan that finds the fleet installed", () => {
    const played = deployment();
    played.plan();
    for (const id of ["g1", "g2", "g3"]) played.bringTo(id, "BeforeAllowTraffic");
    played.plan();
    expect(played.state).toMatchObject({ status: "InProgress", stage: "allow" });
    expect(played.events.map(({ type }) => type)).not.toContain("readyWaitStarted");
  });

  it("STOP_DEPLOYMENT: the deployment is Ready, its traffic untouched, until it is continued", () => {
    const played = deployment(stops).play();
    expect(played.state).toMatchObject({ status: "Ready", wait: { kind: "ready", until: played.now + HOUR } });
    expect(played.wakeAt).toBe(played.now + HOUR);
    expect([...played.effects.values()].filter(({ kind }) => kind === "routeTraffic")).toEqual([]);
    played.now += HOUR - 1;
    expect(played.plan().events).toEqual([]);
  });

  it("STOP_DEPLOYMENT, continued: goes on at once", () => {
    const played = deployment(stops).play();
    played.continue("ready");
    played.plan();
    expect(played.state).toMatchObject({ status: "InProgress", stage: "allow", wait: null });
    expect(played.play().state.status).toBe("Succeeded");
  });

  it("STOP_DEPLOYMENT, continued at its very last moment: goes on", () => {
    const played = deployment(stops).play();
    played.continue("ready");
    played.sleep();
    expect(played.state.status).toBe("InProgress");
  });

  it("STOP_DEPLOYMENT, not continued: Stopped when the time is over, and the originals still serve", () => {
    const played = deployment(stops).play();
    played.sleep();
    expect(played.state).toMatchObject({ status: "Stopped", completedAt: played.now });
    expect(played.state.error?.message).toContain("was not continued in time, so its deploymentReadyOption stopped it");
    expect(played.state.statusMessages).toEqual([
      "Kept deregistered from the load balancer: g1, g2, g3.",
      "Not deregistered from the load balancer: b1, b2.",
      "Skipped, because the deployment was not continued in time: g1, g2, g3, b1, b2.",
    ]);
    expect(new Set(Object.values(played.outcomes))).toEqual(new Set(["Skipped"]));
    expect(played.eventOf("g1", "ValidateService")?.status).toBe("Succeeded");
  });
});

describe("terminateBlueInstancesOnDeploymentSuccess", () => {
  const terminates = (terminationWaitMilliseconds: number) => blueGreen({ terminationWaitMilliseconds });
  const terminations = ({ effects }: PlayedDeployment) =>
    [...effects.values()].filter(({ kind }) => kind === "terminateOriginals");

  it("KEEP_ALIVE: succeeds when the originals are out, and terminates nothing", () => {
    const played = deployment().play();
    expect(played.state.status).toBe("Succeeded");
    expect(terminations(played)).toEqual([]);
  });

  it("TERMINATE: waits first, InProgress although every event has succeeded", () => {
    const played = deployment(terminates(HOUR)).play();
    expect(played.state).toMatchObject({
      status: "InProgress",
      stage: "terminate",
      wait: { kind: "termination", until: played.now + HOUR },
    });
    expect(new Set(Object.values(played.outcomes))).toEqual(new Set(["Succeeded"]));
    expect(terminations(played)).toEqual([]);
    // A plain stop goes back only where the group says so.
    expect(deploymentWaiting(played.state)?.reason).toMatch(/To roll back to them: sluice stop d-\w+ --rollback\. /);
    played.now += HOUR - 1;
    expect(played.plan()).toEqual({ events: [], effects: [], wakeAt: played.now + 1 });
  });

  it("TERMINATE: asks for the originals, and only them, to be terminated once, and ends when they are", () => {
    const played = deployment(terminates(HOUR)).play();
    played.sleep();
    played.plan();
    expect(terminations(played)).toEqual([
      {
        kind: "terminateOriginals",
        key: "d-A1B2C3D4E/-/terminateOriginals/1",
        targetIds: ["b1", "b2"],
      },
    ]);
    expect(played.state.status).toBe("InProgress");
    played.termination = { terminated: ["b1", "b2"], kept: [] };
    played.plan();
    expect(played.state).toMatchObject({ status: "Succeeded", statusMessages: [] });
  });

  it("TERMINATE, continued: the wait ends early", () => {
    const played = deployment(terminates(HOUR)).play();
    played.continue("termination");
    played.plan();
    expect(terminations(played)).toHaveLength(1);
    expect(played.state.wait).toBeNull();
  });

  it("TERMINATE after no time at all: in the plan that finds the originals out", () => {
    const played = deployment(terminates(0)).play();
    expect(terminations(played)).toHaveLength(1);
  });

  it("a continued ready wait does not end the termination wait", () => {
    const strategy = blueGreen({ readyWaitMilliseconds: HOUR, terminationWaitMilliseconds: HOUR });
    const played = deployment(strategy).play();
    played.continue("ready");
    played.play();
    expect(played.state.wait?.kind).toBe("termination");
    expect(played.plan().events).toEqual([]);
  });

  it("names the originals that were not terminated, each with its reason, and has succeeded all the same", () => {
    const played = deployment(terminates(0), {
      ...twoFleets(1, 0),
      candidates: [candidate("i-1", { hostName: "web-1" }), candidate("i-2", { hostName: "web-2" })],
    }).play();
    played.termination = { terminated: ["i-1"], kept: [{ hostId: "i-2", reason: "it is no EC2 instance" }] };
    played.plan();
    expect(played.state).toMatchObject({
      status: "Succeeded",
      statusMessages: ["Not terminated: web-2 (i-2): it is no EC2 instance."],
    });
  });

  it("counts those that it does not name one by one", () => {
    const played = deployment(terminates(0), twoFleets(1, 13)).play();
    const kept = Array.from({ length: 13 }, (_, index) => ({ hostId: `b${index + 1}`, reason: "no" }));
    played.termination = { terminated: [], kept };
    played.plan();
    expect(played.state.statusMessages.join()).toMatch(/b10: no\. And 3 more\./);
  });

  it("is not ended by what was asked for before: the report of another wake counts only in its stage", () => {
    const played = deployment(terminates(HOUR));
    played.termination = { terminated: ["b1", "b2"], kept: [] };
    played.play();
    expect(played.state).toMatchObject({ status: "InProgress", wait: { kind: "termination" } });
  });
});

describe("once termination has begun", () => {
  function terminating() {
    const played = deployment(blueGreen({ terminationWaitMilliseconds: 0 }), {
      alarms: { names: ["errors"], ignoresPollFailure: false },
    }).play();
    expect(played.effects.has("d-A1B2C3D4E/-/terminateOriginals/1")).toBe(true);
    return played;
  }

  // A rollback now would bring hosts back that are about to disappear, and take out those that serve.
  it.each<[string, (played: PlayedDeployment) => void]>([
    ["a stop", (played) => played.stop()],
    [
      "an alarm",
      (played) => {
        played.alarms = { outcome: "read", firing: [{ name: "errors", state: "alarm", since: null, detail: "" }] };
      },
    ],
    [
      "the run time",
      (played) => {
        played.now += 110 * HOUR;
      },
    ],
  ])("%s comes too late: there is no way back, and the deployment has its end", (_, happen) => {
    const played = terminating();
    happen(played);
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt === null || played.wakeAt > played.now).toBe(true);
    played.termination = { terminated: ["b1", "b2"], kept: [] };
    played.plan();
    expect(played.state.status).toBe("Succeeded");
  });

  it("what came too late is said", () => {
    const played = terminating();
    played.stop();
    played.alarms = { outcome: "read", firing: [{ name: "errors", state: "alarm", since: null, detail: "" }] };
    played.termination = { terminated: ["b1", "b2"], kept: [] };
    played.plan();
    expect(played.state.statusMessages).toEqual([
      "The stop came too late: the replacement hosts already received the traffic, and the original hosts were being terminated.",
      "An alarm came too late: the replacement hosts already received the traffic, and the original hosts were being terminated. errors fires.",
    ]);
  });
});

describe("replacements that a load balancer knows already", () => {
  const withheld = (withholding: EffectReport | undefined) => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, ...twoFleets(2, 2), strategy: blueGreen() });
    played.withholding = withholding;
    played.plan();
    return played;
  };

  it("are not deployed to before all of them are out", () => {
    const played = withheld({ outcome: "pending", detail: "g1: 3 sessions open" });
    expect(played.offered).toEqual([]);
    expect(played.state).toMatchObject({ status: "InProgress", stage: "withhold" });
    played.withholding = { outcome: "done", detail: "" };
    played.plan();
    expect(played.state.stage).toBe("deploy");
    expect(played.offered.length).toBeGreaterThan(0);
  });

  it.each<[string, EffectReport, boolean]>([
    ["at once when the balancer refuses", { outcome: "failed", detail: "g1: no such server" }, false],
    ["when their time is over", { outcome: "pending", detail: "g1: no such server" }, true],
  ])("end the deployment %s, with its reason and untouched", (_, report, isLate) => {
    const played = withheld(report);
    if (isLate) {
      const { startedAt: since } = played.state;
      const reason = "the replacement hosts are kept out of the load balancer: g1: no such server";
      expect(played.sleep().events).toMatchObject([{ type: "deploymentWaiting", reason, since }]);
      expect(deploymentWaiting(played.state)).toMatchObject({ reason, since, until: played.wakeAt });
      played.sleep();
    }
    expect(deploymentWaiting(played.state)).toBeUndefined();
    expect(played.state.status).toBe("Failed");
    expect(played.state.error).toMatchObject({
      code: "ELASTIC_LOAD_BALANCING_INVALID",
      message: expect.stringContaining("g1: no such server"),
    });
    expect(new Set(Object.values(played.outcomes))).toEqual(new Set(["Skipped"]));
  });

  it("end with a stop that comes meanwhile", () => {
    const played = withheld(undefined);
    played.stop();
    played.plan();
    expect(played.state.status).toBe("Stopped");
  });
});
