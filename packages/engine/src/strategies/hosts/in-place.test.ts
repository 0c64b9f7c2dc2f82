import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  alive,
  GRACE,
  HALF_AT_A_TIME,
  healthyCandidates,
  hostIds,
  liveness,
  ONE_AT_A_TIME,
  PlayedDeployment,
  START,
  SUCCESS,
} from "../../engine.fixture.ts";
import { CATCH_UP_MILLISECONDS, type HeardTime } from "../../heard-time.ts";
import { receiveReport } from "../../receive-report.ts";
import {
  COMMAND_FINISH_TIMEOUT_MILLISECONDS,
  COMMAND_START_TIMEOUT_MILLISECONDS,
  IN_PLACE_TIMEOUT_MILLISECONDS,
  STOP_CATCH_UP_MILLISECONDS,
  STOP_GRACE_MILLISECONDS,
} from "../../time-limits.ts";

function started(hosts: number, healthRule = ALL_AT_ONCE, more: { ignoreApplicationStopFailures?: boolean } = {}) {
  const played = new PlayedDeployment({ healthRule, candidates: healthyCandidates(hosts), ...more });
  played.plan();
  return played;
}

/** To the last event, acknowledged. */
function bringToTheEnd(played: PlayedDeployment, targetId: string): void {
  played.bringTo(targetId, "ValidateService");
  played.acknowledge(targetId);
}

describe("lifecycle", () => {
  it("offers a host the seven events in order, one at a time, and no other before the last one ended", () => {
    const played = started(1).play();
    const offered = played.events.flatMap((event) => (event.type === "commandOffered" ? [event.event] : []));
    expect(offered).toEqual(IN_PLACE_EVENTS);
    expect(played.state.status).toBe("Succeeded");
  });

  it("leaves the events after a failed one Skipped, with an end and no start", () => {
    const played = started(1).play((_, event) => event === "BeforeInstall");
    expect(played.target("h01").lifecycleEvents.map(({ status }) => status)).toEqual([
      "Succeeded",
      "Succeeded",
      "Failed",
      "Skipped",
      "Skipped",
      "Skipped",
      "Skipped",
    ]);
    expect(played.eventOf("h01", "AfterInstall")).toMatchObject({ startedAt: null, endedAt: played.now });
  });
});

describe("ignoreApplicationStopFailures", () => {
  it("goes on after a failed ApplicationStop, which stays shown as Failed", () => {
    const played = started(1, ALL_AT_ONCE, { ignoreApplicationStopFailures: true });
    played.play((_, event) => event === "ApplicationStop");
    expect(played.state.status).toBe("Succeeded");
    expect(played.eventOf("h01", "ApplicationStop")?.status).toBe("Failed");
  });

  it("forgives no other event", () => {
    const played = started(1, ALL_AT_ONCE, { ignoreApplicationStopFailures: true });
    played.play((_, event) => event === "DownloadBundle");
    expect(played.state.status).toBe("Failed");
  });

  it("forgives nothing when it was not asked for", () => {
    expect(started(1).play((_, event) => event === "ApplicationStop").state.status).toBe("Failed");
  });
});

describe("spent health", () => {
  it("skips the hosts that wait, and finds none under way: the cap keeps as many above the minimum as are at risk", () => {
    const played = started(6, { type: "HOST_COUNT", value: 4 });
    for (const id of ["h01", "h02"]) {
      played.acknowledge(id);
      played.complete(id, false);
      expect(played.state.halt).toBeNull();
      played.plan();
    }
    expect(played.state).toMatchObject({ status: "Failed", halt: "health", error: { code: "HEALTH_CONSTRAINTS" } });
    expect(Object.values(played.outcomes)).toEqual(["Failed", "Failed", "Skipped", "Skipped", "Skipped", "Skipped"]);
  });

  it("lets a host under way go on with its events after another's failure that health can bear", () => {
    const played = started(6, { type: "HOST_COUNT", value: 4 });
    played.acknowledge("h01");
    played.complete("h01", false);
    played.plan();
    played.acknowledge("h02");
    played.complete("h02");
    expect(played.target("h02").command?.event).toBe("DownloadBundle");
  });
});

describe("a host that is skipped", () => {
  it("is named with its reason, whatever ended the deployment", () => {
    const stopped = started(3, ONE_AT_A_TIME);
    stopped.stop();
    stopped.plan();
    expect(stopped.state.statusMessages).toEqual([
      "Skipped, because the deployment was stopped before their turn: h01, h02, h03.",
    ]);
    const failed = started(3, ONE_AT_A_TIME).play((id) => id === "h01");
    expect(failed.state.statusMessages).toEqual([
      "Skipped, because the deployment failed before their turn: h02, h03.",
    ]);
  });
});

describe("a host whose agent gives reports up", () => {
  const HALF_MINUTE = 30_000;
  const reached = (gap: number, losesReports: boolean) => {
    const played = started(1);
    played.acknowledge("h01");
    const [from, until] = [START + HALF_MINUTE, START + HALF_MINUTE + gap];
    const look = (now: number) => {
      played.now = now;
      played.heard = [
        { from: START - HALF_MINUTE, until: from },
        { from: until, until: now },
      ];
      played.hear("h01", liveness({ lastSeenAt: now, silentSince: now, graceMilliseconds: 120_000, losesReports }));
      return played.plan().events;
    };
    return { played, from, until, look };
  };

  it("is told once a report would have come that a gap of the server did not lose", () => {
    const { played, from, until, look } = reached(20_000, true);
    expect(look(until + CATCH_UP_MILLISECONDS - 1)).toEqual([]);
    expect(played.wakeAt).toBe(played.now + 1);
    const events = look(until + CATCH_UP_MILLISECONDS);
    expect(events).toMatchObject([
      {
        type: "targetWaiting",
        targetId: "h01",
        event: "ApplicationStop",
        reason: `the host's report may be lost: the server could not be reached from ${new Date(from).toISOString()} to ${new Date(until).toISOString()}, and the AWS agent drops a report after 14 s. Check the host; to end the deployment: sluice stop d-A1B2C3D4E`,
        since: START,
      },
    ]);
    expect(look(until + CATCH_UP_MILLISECONDS + 1_000)).toEqual([]);
    // It was not lost after all.
    played.complete("h01");
    expect(played.eventOf("h01", "ApplicationStop")?.status).toBe("Succeeded");
  });

  it.each([
    ["the gap was too short to lose one", 5_000, true],
    ["its agent reports until it is answered", 20_000, false],
  ])("is not told where %s", (_, gap, losesReports) => {
    const { until, look } = reached(gap, losesReports);
    expect(look(until + 2 * CATCH_UP_MILLISECONDS)).toEqual([]);
  });
});

describe("stop", () => {
  it("before the start ends the deployment Stopped with MANUAL_STOP, without looking for hosts", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [] });
    played.resolution = undefined;
    played.stop();
    expect(played.plan().effects).toEqual([]);
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
  });

  it("takes back a command that no agent has acknowledged, and that agent is told to skip it", () => {
    const played = started(2);
    played.stop();
    played.plan();
    expect(played.outcomes).toEqual({ h01: "Skipped", h02: "Skipped" });
    expect(played.state.status).toBe("Stopped");
    const report = { type: "acknowledged", event: "ApplicationStop", by: "agent", attempt: 1, offer: "1" } as const;
    expect(played.report("h01", report)).not.toBe("InProgress");
  });

  it("lets an acknowledged event end, and goes no further: the host is left half-deployed, so it is Failed", () => {
    const played = started(3, ONE_AT_A_TIME);
    played.acknowledge("h01");
    played.stop();
    played.plan();
    expect(played.state.status).toBe("InProgress");
    expect(played.outcomes).toEqual({ h01: "InProgress", h02: "Skipped", h03: "Skipped" });
    played.complete("h01");
    expect(played.target("h01").command).toBeNull();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.outcomes.h01).toBe("Failed");
    expect(played.eventOf("h01", "DownloadBundle")?.status).toBe("Skipped");
  });

  it("fails a host that has ended events and was just offered the next one", () => {
    const played = started(1);
    played.bringTo("h01", "Install");
    played.stop();
    played.plan();
    expect(played.outcomes.h01).toBe("Failed");
  });

  it("leaves a host Succeeded whose last event was running and ends well", () => {
    const played = started(1);
    bringToTheEnd(played, "h01");
    played.stop();
    played.plan();
    played.complete("h01");
    played.plan();
    expect(played.outcomes.h01).toBe("Succeeded");
    expect(played.state.status).toBe("Stopped");
  });

  it("that comes with health spent in the same moment leaves the deployment Stopped, since nothing failed it before", () => {
    const played = started(3, ONE_AT_A_TIME);
    played.acknowledge("h01");
    played.complete("h01", false);
    played.stop();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.outcomes).toEqual({ h01: "Failed", h02: "Skipped", h03: "Skipped" });
  });

  it("after health was spent comes too late: the deployment has failed, and stays so", () => {
    const played = started(3, ONE_AT_A_TIME);
    played.acknowledge("h01");
    played.complete("h01", false);
    played.plan();
    expect(played.state.status).toBe("Failed");
    expect(() => played.stop()).toThrow("d-A1B2C3D4E is Failed");
  });

  it("counts its grace only while the server could hear, and hosts get 15 s to report after a gap", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.stop();
    played.plan();
    // Away from the moment of the stop on, for ten minutes.
    played.now = START + 600_000;
    played.heard = [{ from: START - 60_000, until: START }];
    played.plan();
    expect(played.state.status).toBe("InProgress");
    const back = played.now;
    played.now = back + STOP_GRACE_MILLISECONDS + STOP_CATCH_UP_MILLISECONDS - 1;
    played.heard = [...played.heard, { from: back, until: played.now }];
    played.plan();
    expect(played.state.status).toBe("InProgress");
    played.now += 1;
    played.heard = [
      { from: START - 60_000, until: START },
      { from: back, until: played.now },
    ];
    played.plan();
    expect(played.state.status).toBe("Stopped");
    expect(played.eventOf("h01", "ApplicationStop")?.status).toBe("Unknown");
  });

  it("a report that comes after all changes nothing, and the agent is told so", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.stop();
    played.plan();
    played.now += STOP_GRACE_MILLISECONDS;
    played.plan();
    const ended = played.target("h01");
    expect(ended.status).toBe("Failed");
    const report = {
      type: "completed",
      by: "agent",
      event: "ApplicationStop",
      attempt: 1,
      succeeded: true,
      diagnostics: SUCCESS,
    } as const;
    expect(receiveReport(ended, report, { advancing: false, forgiven: new Set<never>() }, played.now)).toEqual({
      target: ended,
      events: [],
      answer: "Failed",
    });
  });

  it("a running event that falls silent during a stop ends too", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.stop();
    played.plan();
    played.hear("h01", liveness({ silentSince: START, lastSeenAt: START }));
    played.now = START + GRACE;
    played.plan();
    expect(played.state.status).toBe("Stopped");
    expect(played.outcomes.h01).toBe("Failed");
  });
});

describe("dark hosts", () => {
  const dark = {
    "declared and never heard of": {
      host: liveness({ lastSeenAt: null, silentSince: null }),
      says: "was declared, but no agent has ever polled for it",
    },
    "enrolled and never heard of": {
      host: liveness({ lastSeenAt: null, silentSince: START - GRACE }),
      says: "has enrolled, but its agent has never polled. To fix it: ",
    },
    "silent for longer than its grace": {
      host: liveness({ lastSeenAt: START - GRACE, silentSince: START - GRACE }),
      says: "has not reported since 2025-12-31T23:59:45.000Z",
    },
    "gone with a goodbye": {
      host: liveness({ goodbyeAt: START }),
      says: "it was shut down at 2026-01-01T00:00:00.000Z",
    },
    removed: { host: undefined, says: "was removed or deregistered" },
  };
  for (const [name, { host, says }] of Object.entries(dark)) {
    it(`${name}: fails at its turn with the agent's silence as the reason`, () => {
      const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(1) });
      played.hear("h01", host);
      played.plan();
      expect(played.state).toMatchObject({ status: "Failed", error: { code: "AGENT_ISSUE" } });
      expect(played.target("h01").agentIssue).toBe(true);
      const diagnostics = played.eventOf("h01", "ApplicationStop")?.diagnostics;
      expect(diagnostics?.errorCode).toBe("UnknownError");
      expect(diagnostics?.message).toMatch(/^CodeDeploy agent was not able to receive the lifecycle event\./);
      expect(diagnostics?.message).toContain(says);
      if (host) expect(diagnostics?.message).toContain(host.remedy);
    });
  }

  it("is left alone while its grace has not passed, and the planner wakes when it has", () => {
    const played = started(1);
    played.hear("h01", liveness({}));
    played.now = START + GRACE - 1;
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(START + GRACE);
    played.now = START + GRACE;
    played.plan();
    expect(played.state.status).toBe("Failed");
  });

  it("has its silence counted from when this server was ready, not from its last word", () => {
    const played = started(1);
    played.hear("h01", liveness({ lastSeenAt: START - 3_600_000, silentSince: START }));
    played.now = START + GRACE - 1;
    played.plan();
    expect(played.outcomes.h01).toBe("InProgress");
  });

  it("in mid-event: says that it is not known whether the scripts ran to their end", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.hear("h01", liveness({}));
    played.now = START + GRACE;
    played.plan();
    expect(played.eventOf("h01", "ApplicationStop")?.diagnostics?.message).toContain(
      "stopped reporting during the event",
    );
  });

  it("does not keep a deployment waiting: the next host is admitted in the same plan", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, candidates: healthyCandidates(6) });
    played.hear("h01", liveness({ silentSince: null, lastSeenAt: null }));
    played.plan();
    expect(played.outcomes).toMatchObject({ h01: "Failed", h02: "InProgress", h03: "InProgress", h04: "Pending" });
  });

  it("among enough healthy hosts: the deployment succeeds, and its status messages name the silent one", () => {
    const played = new PlayedDeployment({ healthRule: HALF_AT_A_TIME, candidates: healthyCandidates(4) });
    played.hear("h02", liveness({ goodbyeAt: START }));
    played.play();
    expect(played.state.status).toBe("Succeeded");
    expect(played.state.statusMessages.join()).toMatch(/Succeeded with 1 failed host: host h02 at ApplicationStop/);
  });

  it("is not touched before its turn: it may come back by then", () => {
    const played = new PlayedDeployment({ healthRule: ONE_AT_A_TIME, candidates: healthyCandidates(2) });
    played.hear("h02", liveness({ goodbyeAt: START }));
    played.plan();
    expect(played.outcomes.h02).toBe("Pending");
    played.hearAgain("h02");
    expect(played.play().outcomes).toEqual({ h01: "Succeeded", h02: "Succeeded" });
  });

  it("that says goodbye in the middle of a deployment has its grace to come back, as after an upgrade of its agent", () => {
    const played = started(1);
    played.now = START + 1_000;
    played.hear("h01", liveness({ silentSince: START + 1_000, lastSeenAt: START + 1_000, goodbyeAt: START + 1_000 }));
    expect(played.plan().wakeAt).toBe(START + 1_000 + GRACE);
    expect(played.outcomes.h01).toBe("InProgress");
    played.now += GRACE;
    played.plan();
    expect(played.eventOf("h01", "ApplicationStop")?.diagnostics?.message).toContain("it was shut down at");
  });

  it("turns HEALTH_CONSTRAINTS into AGENT_ISSUE only when every failure was silence", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: healthyCandidates(2) });
    played.hear("h01", liveness({ goodbyeAt: START }));
    played.play((id) => id === "h02");
    expect(played.state.error?.code).toBe("HEALTH_CONSTRAINTS");
  });
});

describe("time-outs", () => {
  it("fails an event that a polling host does not acknowledge within five minutes", () => {
    const played = started(1);
    played.now = START + COMMAND_START_TIMEOUT_MILLISECONDS - 1;
    expect(played.plan().events).toEqual([]);
    played.now += 1;
    played.plan();
    expect(played.state.status).toBe("Failed");
    expect(played.eventOf("h01", "ApplicationStop")?.diagnostics?.message).toContain(
      "did not acknowledge the event within 5 minutes",
    );
    expect(played.target("h01").agentIssue).toBe(false);
  });

  it("fails an acknowledged event that does not end, and not before the agent had time to report its own time-out", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.now = START + COMMAND_FINISH_TIMEOUT_MILLISECONDS - 1;
    expect(played.plan().events).toEqual([]);
    played.now += 1;
    played.plan();
    expect(played.eventOf("h01", "ApplicationStop")?.diagnostics?.message).toContain("did not end within 65 minutes");
  });

  it("counts each event's time from when it was offered", () => {
    const played = started(1);
    played.now = START + COMMAND_START_TIMEOUT_MILLISECONDS - 1;
    played.acknowledge("h01");
    played.complete("h01");
    played.now += COMMAND_START_TIMEOUT_MILLISECONDS - 1;
    expect(played.plan().events).toEqual([]);
  });

  it("ends a deployment after its run time: TIMEOUT, waiting hosts Skipped, a running event may end", () => {
    const played = started(3, ONE_AT_A_TIME);
    played.now = START + IN_PLACE_TIMEOUT_MILLISECONDS - 1;
    played.acknowledge("h01");
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(START + IN_PLACE_TIMEOUT_MILLISECONDS);
    played.now += 1;
    played.plan();
    expect(played.outcomes).toEqual({ h01: "InProgress", h02: "Skipped", h03: "Skipped" });
    played.complete("h01");
    played.plan();
    expect(played.state).toMatchObject({ status: "Failed", error: { code: "TIMEOUT" } });
  });

  it("never asks to be woken in the past, also not while an event outlasts the run time", () => {
    const played = started(2, ONE_AT_A_TIME);
    played.now = START + IN_PLACE_TIMEOUT_MILLISECONDS - 1;
    played.acknowledge("h01");
    played.now += 2;
    played.plan();
    expect(played.state.halt).toBe("timeout");
    expect(played.wakeAt).toBeGreaterThan(played.now);
  });
});

describe("time in which the server could not hear", () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  /** Heard from the start for a while, and again from then on. */
  const outage = (heardMilliseconds: number, backAt: number, now: number): HeardTime => [
    { from: START - HOUR, until: START + heardMilliseconds },
    { from: backAt, until: Math.max(backAt, now) },
  ];
  const backAt = START + 20 * HOUR;

  it.each([
    { what: "to take an event up", limit: COMMAND_START_TIMEOUT_MILLISECONDS, isAcknowledged: false },
    { what: "to finish an event", limit: COMMAND_FINISH_TIMEOUT_MILLISECONDS, isAcknowledged: true },
  ])("is not part of the time that a host has $what", ({ limit, isAcknowledged }) => {
    const played = started(1);
    if (isAcknowledged) played.acknowledge("h01");
    played.now = backAt;
    played.heard = outage(MINUTE, backAt, played.now);
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBeGreaterThan(backAt);
    played.now = backAt + CATCH_UP_MILLISECONDS + limit - MINUTE - 1;
    played.heard = outage(MINUTE, backAt, played.now);
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(played.now + 1);
    played.now += 1;
    played.heard = outage(MINUTE, backAt, played.now);
    played.plan();
    expect(played.outcomes.h01).toBe("Failed");
  });

  it("is followed by time in which hosts report what they could not, however late the outage began", () => {
    const played = started(1);
    played.acknowledge("h01");
    played.now = backAt + CATCH_UP_MILLISECONDS;
    played.heard = outage(COMMAND_FINISH_TIMEOUT_MILLISECONDS - 1_000, backAt, played.now);
    expect(played.plan().events).toEqual([]);
    played.complete("h01");
    played.plan();
    expect(played.eventOf("h01", "ApplicationStop")?.status).toBe("Succeeded");
  });

  it("is not part of the deployment's run time", () => {
    const played = started(2, ONE_AT_A_TIME);
    played.now = backAt;
    played.heard = outage(MINUTE, backAt, played.now);
    expect(played.plan().events).toEqual([]);
    played.now = backAt + CATCH_UP_MILLISECONDS + IN_PLACE_TIMEOUT_MILLISECONDS - MINUTE;
    played.heard = outage(MINUTE, backAt, played.now);
    played.plan();
    expect(played.state.halt).toBe("timeout");
  });

  it("is none of a server that has started again and not heard yet", () => {
    const played = started(1);
    played.now = backAt;
    played.heard = [];
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBeGreaterThan(backAt);
  });
});

describe("heartbeats", () => {
  function missing(played: PlayedDeployment, missed: number): void {
    const target = played.target("h01");
    const command = target.command;
    if (!command) throw new Error("nothing to miss");
    played.state = {
      ...played.state,
      targets: (played.state.targets ?? []).map((one) =>
        one === target ? { ...target, command: { ...command, missedHeartbeats: missed } } : one,
      ),
    };
  }

  it("one that does not list an acknowledged command proves nothing", () => {
    const played = started(1);
    played.acknowledge("h01");
    missing(played, 1);
    expect(played.plan().events).toEqual([]);
  });

  it("two in a row fail it as after an agent's restart, and that is not the agent's silence", () => {
    const played = started(1);
    played.acknowledge("h01");
    missing(played, 2);
    played.plan();
    expect(played.eventOf("h01", "ApplicationStop")?.diagnostics?.message).toMatch(
      /^Failing in-progress lifecycle event after an agent restart\. Host h01 /,
    );
    expect(played.state.error?.code).toBe("HEALTH_CONSTRAINTS");
  });
});

describe("wake-ups", () => {
  it("come at the earliest deadline of all", () => {
    const played = started(2);
    played.acknowledge("h01");
    played.hear("h01", alive(START + 3_600_000));
    played.hear("h02", alive(START + 3_600_000));
    played.plan();
    expect(played.wakeAt).toBe(START + COMMAND_START_TIMEOUT_MILLISECONDS);
  });

  it("none are asked for when all has ended", () => {
    const played = started(2).play();
    played.plan();
    expect(played.wakeAt).toBeNull();
    expect(hostIds(2).map((id) => played.outcomes[id])).toEqual(["Succeeded", "Succeeded"]);
  });
});
