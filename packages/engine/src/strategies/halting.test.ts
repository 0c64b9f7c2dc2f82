import { isTrafficEvent } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  BLUE_GREEN_ROLLBACK,
  blueGreen,
  candidate,
  healthyCandidates,
  IN_PLACE_WITH_BALANCER,
  PlayedDeployment,
  type Settings,
  START,
  twoFleets,
  zonal,
} from "../engine.fixture.ts";
import type { AlarmObservation } from "../observation.ts";
import { isTerminal, type TargetState } from "../state.ts";
import {
  ALARMS_UNREADABLE_MILLISECONDS,
  BLUE_GREEN_TIMEOUT_MILLISECONDS,
  IN_PLACE_TIMEOUT_MILLISECONDS,
  STOP_GRACE_MILLISECONDS,
} from "../time-limits.ts";

const HOUR = 3_600_000;
const READY = { readyWaitMilliseconds: HOUR };
const TERMINATES = { terminationWaitMilliseconds: HOUR };

const ALARM_ACTIVE =
  "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms:";
const FIRING: AlarmObservation = {
  outcome: "read",
  firing: [
    { name: "errors", state: "alarm", since: START, detail: "5xx above 1 %" },
    { name: "latency", state: "alarm", since: null, detail: "" },
  ],
};
const QUIET: AlarmObservation = { outcome: "read", firing: [] };
const unreadable = (since: number): AlarmObservation => ({
  outcome: "unreadable",
  since,
  reason: "connection refused.",
});

/** A moment in the life of a deployment: what is there, and how each host must end when the deployment is ended just then. */
interface Moment {
  readonly settings: Omit<Settings, "healthRule">;
  readonly reach: (played: PlayedDeployment) => void;
  /** Of a stop, when what was under way has come to its end; and of an alarm, which waits for nothing. */
  readonly ends: Readonly<Record<string, TargetState["status"]>>;
  readonly stage: string;
  /** The host that is in the middle of an event. */
  readonly inFlight?: string;
}

const inPlace = { candidates: healthyCandidates(2) };

function bringAll(played: PlayedDeployment, ids: readonly string[], event: Parameters<PlayedDeployment["bringTo"]>[1]) {
  played.plan();
  for (const id of ids) played.bringTo(id, event);
  played.plan();
}

const MOMENTS: Readonly<Record<string, Moment>> = {
  "in place, offered and not taken up": {
    settings: inPlace,
    reach: (played) => played.plan(),
    ends: { h01: "Skipped", h02: "Skipped" },
    stage: "deploy",
  },
  "in place, in mid-event": {
    settings: inPlace,
    reach: (played) => {
      bringAll(played, ["h01"], "Install");
      played.acknowledge("h01");
    },
    ends: { h01: "Failed", h02: "Skipped" },
    stage: "deploy",
    inFlight: "h01",
  },
  "in place, leaving the load balancer": {
    settings: { ...inPlace, strategy: IN_PLACE_WITH_BALANCER },
    reach: (played) => bringAll(played, ["h01"], "BlockTraffic"),
    ends: { h01: "Failed", h02: "Skipped" },
    stage: "deploy",
    inFlight: "h01",
  },
  "zones, baking": {
    settings: {
      candidates: [candidate("h01", { zone: "a" }), candidate("h02", { zone: "b" })],
      strategy: zonal({ firstZoneMonitorMilliseconds: HOUR }),
    },
    reach: (played) => {
      played.play();
      expect(played.state.status).toBe("Baking");
    },
    ends: { h01: "Succeeded", h02: "Skipped" },
    stage: "deploy",
  },
  "blue/green, keeping the replacements out": {
    settings: { ...twoFleets(2, 1), strategy: blueGreen() },
    reach: (played) => {
      played.withholding = { outcome: "pending", detail: "3 sessions left" };
      played.plan();
    },
    ends: { g1: "Skipped", g2: "Skipped", b1: "Skipped" },
    stage: "withhold",
  },
  "blue/green, installing": {
    settings: { ...twoFleets(2, 1), strategy: blueGreen() },
    reach: (played) => {
      bringAll(played, ["g1"], "BeforeAllowTraffic");
      played.acknowledge("g2");
    },
    ends: { g1: "Skipped", g2: "Failed", b1: "Skipped" },
    stage: "deploy",
    inFlight: "g2",
  },
  "blue/green, waiting for leave": {
    settings: { ...twoFleets(2, 1), strategy: blueGreen(READY) },
    reach: (played) => {
      played.play();
      expect(played.state.status).toBe("Ready");
    },
    ends: { g1: "Skipped", g2: "Skipped", b1: "Skipped" },
    stage: "deploy",
  },
  "blue/green, letting traffic in": {
    settings: { ...twoFleets(2, 1), strategy: blueGreen() },
    reach: (played) => {
      bringAll(played, ["g1", "g2"], "BeforeAllowTraffic");
      bringAll(played, ["g1"], "AllowTraffic");
    },
    ends: { g1: "Failed", g2: "Failed", b1: "Skipped" },
    stage: "allow",
    inFlight: "g1",
  },
  "blue/green, taking the originals out": {
    settings: { ...twoFleets(1, 2), strategy: blueGreen() },
    reach: (played) => {
      bringAll(played, ["g1"], "BeforeAllowTraffic");
      bringAll(played, ["g1"], "AfterAllowTraffic");
      played.acknowledge("g1");
      played.complete("g1");
      bringAll(played, ["b1"], "BlockTraffic");
    },
    ends: { g1: "Succeeded", b1: "Failed", b2: "Skipped" },
    stage: "block",
    inFlight: "b1",
  },
  "blue/green, waiting to terminate": {
    settings: { ...twoFleets(1, 1), strategy: blueGreen(TERMINATES) },
    reach: (played) => {
      played.play();
      expect(played.state.wait?.kind).toBe("termination");
    },
    ends: { g1: "Succeeded", b1: "Succeeded" },
    stage: "terminate",
  },
  "blue/green rollback, bringing the originals back": {
    settings: { ...twoFleets(1, 2), strategy: BLUE_GREEN_ROLLBACK },
    reach: (played) => bringAll(played, ["b1"], "AllowTraffic"),
    ends: { b1: "Failed", b2: "Skipped", g1: "Skipped" },
    stage: "allow",
    inFlight: "b1",
  },
};

function at(moment: Moment, more: Partial<Settings> = {}) {
  const played = new PlayedDeployment({
    healthRule: ALL_AT_ONCE,
    alarms: { names: ["errors", "latency"], ignoresPollFailure: false },
    ...moment.settings,
    ...more,
  });
  moment.reach(played);
  expect(played.state).toMatchObject({ stage: moment.stage, halt: null });
  expect(isTerminal(played.state.status)).toBe(false);
  return played;
}

/** What a plan decides, apart from what it tells of waits. */
function decided(played: PlayedDeployment) {
  return played.plan().events.filter(({ type }) => !/Waiting$|WaitOver$/.test(type));
}

/** The event that the host is in the middle of. */
function eventUnderWay(played: PlayedDeployment, targetId: string) {
  const event = played.target(targetId).lifecycleEvents.find(({ status }) => status === "InProgress");
  if (!event) throw new Error(`${targetId} is in the middle of nothing`);
  return event.name;
}

function expectEnded(played: PlayedDeployment, { ends }: Moment): void {
  expect(played.outcomes).toEqual(ends);
  expect(played.state.wait).toBeNull();
  for (const target of played.state.targets ?? []) {
    expect(target.command).toBeNull();
    for (const { status } of target.lifecycleEvents)
      expect(["Succeeded", "Failed", "Skipped", "Unknown"]).toContain(status);
  }
  // Nothing happens any more, whatever is observed.
  expect(played.plan()).toEqual({ events: [], effects: [], wakeAt: null });
}

describe.each(Object.entries(MOMENTS))("%s", (_, moment) => {
  const { inFlight, ends } = moment;

  it("a stop: Stopped with MANUAL_STOP when what an agent is at has come to its end; what a balancer is at ends at once", () => {
    const played = at(moment);
    const event = inFlight && eventUnderWay(played, inFlight);
    played.stop();
    played.plan();
    if (inFlight && event && isTrafficEvent(event)) {
      expect(played.eventOf(inFlight, event)).toMatchObject({ status: "Failed", endedAt: played.now });
      expect(played.eventOf(inFlight, event)?.diagnostics?.message).toBe(
        `The deployment was stopped while ${event} was in progress on host ${inFlight}, before the load balancer had finished it. The load balancer may still complete the request. It has not answered yet.`,
      );
    } else if (inFlight && event) {
      expect(played.state.halt).toBe("stop");
      expect(played.target(inFlight).command?.event).toBe(event);
      played.play();
      expect(played.eventOf(inFlight, event)?.status).toBe("Succeeded");
    }
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expectEnded(played, moment);
  });

  it("a stop: over within its grace, though no host reports anything any more", () => {
    const played = at(moment);
    const event = inFlight && eventUnderWay(played, inFlight);
    played.stop();
    played.plan();
    const isWaiting = inFlight && event && !isTrafficEvent(event);
    expect(isTerminal(played.state.status)).toBe(!isWaiting);
    if (isWaiting) {
      played.now += STOP_GRACE_MILLISECONDS - 1;
      played.plan();
      expect(played.state.status).toBe("InProgress");
      expect(played.wakeAt).toBe(played.now + 1);
      played.sleep();
      expect(played.eventOf(inFlight, event)).toMatchObject({ status: "Unknown", endedAt: played.now });
      const said = played.eventOf(inFlight, event)?.diagnostics;
      expect(said?.errorCode).toBe("UnknownError");
      const goesOn = { DownloadBundle: "its download", Install: "it" }[event as string] ?? "its scripts";
      expect(said?.message).toBe(
        `The result was not reported: the deployment was stopped while ${event} was in progress on host ${inFlight}, and no report arrived within 60 s. The event may have ended, or ${goesOn} may still be running. Check the host, or run: sluice logs d-A1B2C3D4E --host ${inFlight}`,
      );
      expect(played.target(inFlight).agentIssue).toBe(false);
    }
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expectEnded(played, moment);
  });

  it("an alarm: Stopped with ALARM_ACTIVE at once, the event under way Failed, the rest Skipped", () => {
    const played = at(moment);
    const event = inFlight && eventUnderWay(played, inFlight);
    played.alarms = FIRING;
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
    expect(played.state.error?.message).toBe(
      `${ALARM_ACTIVE} <errors> <latency> errors fires since 2026-01-01T00:00:00.000Z: 5xx above 1 %. latency fires.`,
    );
    expectEnded(played, moment);
    if (!inFlight || !event) return;
    expect(played.eventOf(inFlight, event)).toMatchObject({
      status: "Failed",
      diagnostics: { errorCode: "UnknownError" },
    });
    expect(played.eventOf(inFlight, event)?.diagnostics?.message).toContain(
      `stopped by an alarm while ${event} was in progress on host ${inFlight}`,
    );
    const { lifecycleEvents } = played.target(inFlight);
    const after = lifecycleEvents.slice(lifecycleEvents.findIndex(({ name }) => name === event) + 1);
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set(["Skipped"]));
    expect(after.every(({ startedAt }) => startedAt === null)).toBe(true);
  });

  it("an alarm that fires after a stop changes nothing of the stop", () => {
    const played = at(moment);
    played.stop();
    played.plan();
    if (isTerminal(played.state.status)) return;
    played.alarms = FIRING;
    played.plan();
    expect(played.state).toMatchObject({ halt: "stop", error: { code: "MANUAL_STOP" } });
    if (inFlight) expect(played.outcomes[inFlight]).toBe("InProgress");
  });

  it("alarms that are quiet, or of which nothing is known yet, stop nothing", () => {
    for (const alarms of [QUIET, undefined]) {
      const played = at(moment);
      played.alarms = alarms;
      expect(decided(played)).toEqual([]);
    }
  });

  it("alarms that fire and are not watched stop nothing", () => {
    const played = at(moment);
    played.state = { ...played.state, alarms: null };
    played.alarms = FIRING;
    expect(decided(played)).toEqual([]);
  });

  it("alarms that cannot be read stop it after the limit, not before, and not when that is to be ignored", () => {
    const played = at(moment);
    const since = played.now;
    played.alarms = unreadable(since);
    played.now = since + ALARMS_UNREADABLE_MILLISECONDS - 1;
    expect(decided(played)).toEqual([]);
    expect(played.wakeAt).toBeLessThanOrEqual(since + ALARMS_UNREADABLE_MILLISECONDS);
    played.now += 1;
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
    expect(played.state.error?.message).toContain("its alarms (errors, latency) have not been readable since");
    expect(played.state.error?.message).toContain("connection refused.");
    expectEnded(played, moment);

    const stopped = at(moment);
    stopped.alarms = unreadable(since);
    stopped.now = since + 600_000;
    // The server stood still after its first look, and has not looked again.
    stopped.heard = [
      { from: 0, until: since + 1_000 },
      { from: stopped.now - 1_000, until: stopped.now },
    ];
    expect(decided(stopped)).toEqual([]);

    const ignoring = at(moment, { alarms: { names: ["errors", "latency"], ignoresPollFailure: true } });
    ignoring.alarms = unreadable(0);
    expect(decided(ignoring)).toEqual([]);
    expect(ignoring.wakeAt === null || ignoring.wakeAt > ignoring.now).toBe(true);
    ignoring.alarms = FIRING;
    ignoring.plan();
    expect(ignoring.state.error?.code).toBe("ALARM_ACTIVE");
  });

  it("alarms that can be read again in time stop nothing", () => {
    const played = at(moment);
    const before = played.state.waiting;
    const since = played.now;
    played.alarms = unreadable(since);
    played.plan();
    expect(played.state.waiting).toMatchObject({
      reason:
        "the alarms (errors, latency) cannot be read, and the deployment stops unless they become readable: connection refused.",
      since,
      until: since + ALARMS_UNREADABLE_MILLISECONDS,
    });
    // A server that starts sees it only now, and the time goes on.
    played.alarms = unreadable(since + 5_000);
    played.now = since + 6_000;
    played.plan();
    expect(played.wakeAt).toBeLessThanOrEqual(since + ALARMS_UNREADABLE_MILLISECONDS);
    played.alarms = QUIET;
    played.now = since + ALARMS_UNREADABLE_MILLISECONDS - 1;
    expect(decided(played)).toEqual([]);
    expect(played.state.waiting?.about).toBe(before?.about);
  });

  // The time to keep replacements out counts from the start too, and is over long before.
  const isOverBefore = moment.stage === "withhold";
  it.each(isOverBefore ? [] : [moment.stage])(
    "the run time, in stage %s: Failed with TIMEOUT, hosts ended as by a stop",
    () => {
      const isInPlace = (moment.settings.strategy?.type ?? "in-place") === "in-place";
      const limit = isInPlace ? IN_PLACE_TIMEOUT_MILLISECONDS : BLUE_GREEN_TIMEOUT_MILLISECONDS;
      const played = at(moment);
      // A deployment that was started long ago, rather than one whose events and waits are overdue too.
      played.state = { ...played.state, startedAt: played.now + 1 - limit };
      played.plan();
      expect(played.state.halt).toBeNull();
      expect(played.wakeAt).toBe(played.now + 1);
      played.sleep();
      if (inFlight) played.play();
      expect(played.state).toMatchObject({ status: "Failed", error: { code: "TIMEOUT" } });
      expect(played.state.error?.message).toContain(isInPlace ? "within 12 hours" : "within 109 hours");
      expectEnded(played, moment);
    },
  );

  it("says what traffic was left where", () => {
    const played = at(moment);
    played.alarms = FIRING;
    played.plan();
    const said = played.state.statusMessages.filter((message) => !message.startsWith("Skipped, ")).join("\n");
    const routed = (played.state.targets ?? []).filter(({ lifecycleEvents }) =>
      lifecycleEvents.some(({ name, startedAt }) => /^(Block|Allow)Traffic$/.test(name) && startedAt !== null),
    );
    // Between two fleets every host's traffic is told; in place that of the hosts at which it was touched.
    const told = played.state.strategy.type === "in-place" ? routed : (played.state.targets ?? []);
    for (const id of Object.keys(ends)) {
      expect(said.split(id)).toHaveLength(told.some(({ targetId }) => targetId === id) ? 2 : 1);
    }
  });
});

describe("an alarm", () => {
  it("that fires as the last host ends stops the deployment all the same", () => {
    const played = new PlayedDeployment({
      healthRule: ALL_AT_ONCE,
      candidates: healthyCandidates(1),
      alarms: { names: ["errors"], ignoresPollFailure: false },
    });
    played.plan();
    played.bringTo("h01", "ValidateService");
    played.acknowledge("h01");
    played.complete("h01");
    played.alarms = FIRING;
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
    expect(played.outcomes.h01).toBe("Succeeded");
  });

  it("that strikes while the balancer has answered already leaves that answer as it is", () => {
    const moment = MOMENTS["in place, leaving the load balancer"];
    if (!moment) throw new Error("no such moment");
    const played = at(moment);
    played.route("h01", "done");
    played.alarms = FIRING;
    played.plan();
    expect(played.eventOf("h01", "BlockTraffic")?.status).toBe("Succeeded");
    expect(played.outcomes.h01).toBe("Failed");
    expect(played.state.statusMessages).toEqual([
      "Still deregistered from the load balancer: h01.",
      "Skipped, because an alarm stopped the deployment before their turn: h02.",
    ]);
  });
});

describe("an obstacle found before the start", () => {
  it.each(["Failed", "Stopped"] as const)("ends the deployment %s with its reason, and touches nothing", (status) => {
    const error = { code: "ALARM_ACTIVE", message: "why" };
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [] });
    played.resolution = {
      outcome: "resolved",
      candidates: healthyCandidates(2),
      obstacle: { status, error },
      warnings: ["no ValidateService hook"],
    };
    played.plan();
    expect(played.state).toMatchObject({ status, error, targets: null, statusMessages: ["no ValidateService hook"] });
  });
});
