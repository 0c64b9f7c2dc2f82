import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import {
  ALL_AT_ONCE,
  healthyCandidates,
  IN_PLACE_WITH_BALANCER,
  liveness,
  ONE_AT_A_TIME,
  PlayedDeployment,
  SCRIPT_FAILED,
  START,
  SUCCESS,
} from "../../engine.fixture.ts";
import { CATCH_UP_MILLISECONDS } from "../../heard-time.ts";
import { ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS, BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";

const THIRTEEN = [...BLOCK_EVENTS, ...IN_PLACE_EVENTS, ...ALLOW_EVENTS];

function started(
  hosts: number,
  more: { ignoreApplicationStopFailures?: boolean; healthRule?: typeof ALL_AT_ONCE } = {},
) {
  const played = new PlayedDeployment({
    healthRule: ALL_AT_ONCE,
    candidates: healthyCandidates(hosts),
    strategy: IN_PLACE_WITH_BALANCER,
    ...more,
  });
  played.plan();
  return played;
}

/** The host at `event`, which is under way. */
function hostAt(event: LifecycleEventName) {
  const played = started(1);
  played.bringTo("h01", event);
  return played;
}

describe("lifecycle in place behind a load balancer", () => {
  it("is the thirteen events in order: out of the balancer, the seven, into it again", () => {
    const played = started(2).play();
    expect(THIRTEEN).toHaveLength(13);
    expect(played.offeredTo("h01")).toEqual(THIRTEEN);
    expect(played.offeredTo("h02")).toEqual(THIRTEEN);
    expect(played.state).toMatchObject({ status: "Succeeded", statusMessages: [] });
  });

  it("takes the next host out only when the one before it serves again, one at a time", () => {
    const played = started(2, { healthRule: ONE_AT_A_TIME }).play();
    const isLastOfFirst = ({ targetId, event }: (typeof played.offered)[number]) =>
      targetId === "h01" && event === "AfterAllowTraffic";
    const isFirstOfSecond = ({ targetId }: (typeof played.offered)[number]) => targetId === "h02";
    expect(played.offered.findIndex(isFirstOfSecond)).toBe(played.offered.findIndex(isLastOfFirst) + 1);
  });
});

describe.each([
  { event: "BlockTraffic", timeout: BLOCK_TRAFFIC_TIMEOUT_MILLISECONDS, minutes: 65, next: "AfterBlockTraffic" },
  { event: "AllowTraffic", timeout: ALLOW_TRAFFIC_TIMEOUT_MILLISECONDS, minutes: 15, next: "AfterAllowTraffic" },
] as const)("$event", ({ event, timeout, minutes, next }) => {
  it("is under way from the moment it is wanted, without any agent's acknowledgement", () => {
    const played = hostAt(event);
    expect(played.eventOf("h01", event)).toMatchObject({ status: "InProgress", startedAt: played.now });
    expect(played.target("h01").command?.acknowledgedAt).toBe(played.now);
  });

  it("pending: goes on being asked for, and nothing changes", () => {
    const played = hostAt(event);
    played.route("h01", "pending", "3 sessions left");
    expect(played.plan().events).toEqual([]);
  });

  it("done: succeeds, and keeps what the balancer said of how", () => {
    const played = hostAt(event);
    played.route("h01", "done", "2 sessions outlived the drain time");
    played.plan();
    expect(played.eventOf("h01", event)).toMatchObject({
      status: "Succeeded",
      diagnostics: { errorCode: "Success", message: "2 sessions outlived the drain time" },
    });
    expect(played.target("h01").command?.event).toBe(next);
  });

  it("done without a word: succeeds in the wire's words", () => {
    const played = hostAt(event);
    played.route("h01", "done");
    played.plan();
    expect(played.eventOf("h01", event)?.diagnostics).toEqual(SUCCESS);
  });

  it("failed: fails the host with the balancer's own reason", () => {
    const played = hostAt(event);
    played.route("h01", "failed", "Layer7 wrong status, code 503");
    played.plan();
    expect(played.outcomes.h01).toBe("Failed");
    expect(played.eventOf("h01", event)?.diagnostics?.message).toBe(
      `The load balancer could not complete ${event} for host h01: Layer7 wrong status, code 503`,
    );
    expect(played.state.error?.message).toContain("Layer7 wrong status, code 503");
    expect(played.target("h01").agentIssue).toBe(false);
  });

  it("not done by its deadline: fails with what the balancer said last", () => {
    const played = hostAt(event);
    played.route("h01", "pending", "3 sessions left");
    played.now += timeout - 1;
    expect(played.plan().events.map(({ type }) => type)).toEqual(["targetWaiting"]);
    expect(played.wakeAt).toBe(played.now + 1);
    played.sleep();
    expect(played.eventOf("h01", event)?.diagnostics?.message).toBe(
      `The load balancer did not finish ${event} for host h01 within ${minutes} minutes. Its last answer was: 3 sessions left`,
    );
    expect(played.state.status).toBe("Failed");
  });

  it("asks the balancer for as long after an outage of the server as before it", () => {
    const played = hostAt(event);
    const from = played.now;
    played.route("h01", "pending", "3 sessions left");
    played.now = from + 20 * timeout;
    const heardFrom = played.now - 60_000;
    played.heard = [
      { from: 0, until: from + 30_000 },
      { from: heardFrom, until: played.now },
    ];
    expect(played.plan().events.map(({ type }) => type)).toEqual(["targetWaiting"]);
    played.now = heardFrom + CATCH_UP_MILLISECONDS + timeout - 30_000;
    played.heard = [
      { from: 0, until: from + 30_000 },
      { from: heardFrom, until: played.now },
    ];
    played.plan();
    expect(played.eventOf("h01", event)?.status).toBe("Failed");
  });

  it("that waits is told with the balancer's words, since when and until when, and not if it is over within a second", () => {
    const played = hostAt(event);
    const since = played.now;
    played.route("h01", "pending", "DOWN, last check: L4CON");
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(since + 1_000);
    expect(played.sleep().events).toEqual([
      {
        type: "targetWaiting",
        targetId: "h01",
        event,
        reason: "DOWN, last check: L4CON",
        since,
        until: since + timeout,
      },
    ]);
    expect(played.target("h01").command?.waiting).toMatchObject({ reason: "DOWN, last check: L4CON", since });
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(since + timeout);

    // The balancer's driver gives up sooner, and its words change: told again, but not at once.
    const report = { event, attempt: 1, outcome: "pending", detail: "DOWN, last check: L7STS 503" } as const;
    played.reroute("h01", { ...report, until: since + 60_000 });
    expect(played.plan().events).toEqual([]);
    expect(played.wakeAt).toBe(since + 11_000);
    expect(played.sleep().events).toMatchObject([{ reason: "DOWN, last check: L7STS 503", until: since + 60_000 }]);
    played.route("h01", "done");
    played.plan();
    expect(played.target("h01").command?.waiting).toBeUndefined();
  });

  it("whose words never stop changing fills no stream: each pause is a tenth of the wait", () => {
    const played = hostAt(event);
    for (let round = 0; played.target("h01").command?.event === event; round++) {
      played.route("h01", "pending", `${round} sessions open`);
      played.plan();
      played.sleep();
    }
    const told = played.events.filter(({ type }) => type === "targetWaiting").length;
    expect(played.eventOf("h01", event)?.status).toBe("Failed");
    expect(told).toBeGreaterThan(10);
    expect(told).toBeLessThan(60);
  });

  it("never answered by its deadline: says so", () => {
    const played = hostAt(event);
    played.now += timeout;
    played.plan();
    expect(played.eventOf("h01", event)?.diagnostics?.message).toContain("It did not answer.");
  });

  it("done at its deadline: succeeds, since it is so", () => {
    const played = hostAt(event);
    played.now += timeout;
    played.route("h01", "done");
    played.plan();
    expect(played.eventOf("h01", event)?.status).toBe("Succeeded");
  });

  it.each([
    ["silent", liveness({ silentSince: 0, lastSeenAt: 0 })],
    ["gone with a goodbye", liveness({ goodbyeAt: START })],
    ["removed", undefined],
  ])("a host that is %s is not failed for its silence: the balancer acts", (_, host) => {
    const played = hostAt(event);
    played.hear("h01", host);
    expect(played.plan().events).toEqual([]);
    played.route("h01", "done");
    played.plan();
    expect(played.eventOf("h01", event)?.status).toBe("Succeeded");
    expect(played.eventOf("h01", next)?.diagnostics?.message).toContain("AGENT_ISSUE");
  });

  it("is not lost for missing from heartbeats", () => {
    const played = hostAt(event);
    played.state = {
      ...played.state,
      targets: (played.state.targets ?? []).map((target) => ({
        ...target,
        command: target.command && { ...target.command, missedHeartbeats: 5 },
      })),
    };
    expect(played.plan().events).toEqual([]);
  });

  it.each([true, false])("is never an agent's to report on (succeeded: %s)", (succeeded) => {
    const played = hostAt(event);
    const { state } = played;
    const command = { event, by: "agent", attempt: 1 } as const;
    expect(played.report("h01", { type: "acknowledged", ...command, offer: "1" })).toBe("Failed");
    const diagnostics = succeeded ? SUCCESS : SCRIPT_FAILED;
    expect(played.report("h01", { type: "completed", ...command, succeeded, diagnostics })).toBe("Failed");
    expect(played.state).toBe(state);
  });

  it("takes no answer to another event or attempt for its own", () => {
    const other = event === "BlockTraffic" ? "AllowTraffic" : "BlockTraffic";
    const played = hostAt(event);
    for (const report of [
      { event: other, attempt: 1 },
      { event, attempt: 2 },
    ] as const) {
      played.reroute("h01", { ...report, outcome: "done", detail: "" });
      expect(played.plan().events).toEqual([]);
      played.reroute("h01", { ...report, outcome: "failed", detail: "" });
      expect(played.plan().events).toEqual([]);
    }
  });
});

describe("ignoreApplicationStopFailures", () => {
  it.each<[LifecycleEventName, "Succeeded" | "Failed"]>(
    THIRTEEN.map((event) => [
      event,
      event === "ApplicationStop" || event === "BeforeBlockTraffic" || event === "AfterBlockTraffic"
        ? "Succeeded"
        : "Failed",
    ]),
  )("a failed %s leaves the host %s", (event, outcome) => {
    const played = started(1, { ignoreApplicationStopFailures: true }).play((_, name) => name === event);
    expect(played.outcomes.h01).toBe(outcome);
    expect(played.state.status).toBe(outcome);
    expect(played.eventOf("h01", event)?.status).toBe("Failed");
  });

  it.each(THIRTEEN)("not asked for: a failed %s fails the host, and the events after it are Skipped", (event) => {
    const played = started(1).play((_, name) => name === event);
    const failedAt = THIRTEEN.indexOf(event);
    expect(played.state.status).toBe("Failed");
    expect(played.target("h01").lifecycleEvents.map(({ status }) => status)).toEqual(
      THIRTEEN.map((_, place) => (place < failedAt ? "Succeeded" : place === failedAt ? "Failed" : "Skipped")),
    );
  });

  it("forgives a silent agent before the host leaves its balancer; the failure that counts is the one after", () => {
    const played = new PlayedDeployment({
      healthRule: ALL_AT_ONCE,
      candidates: healthyCandidates(1),
      strategy: IN_PLACE_WITH_BALANCER,
      ignoreApplicationStopFailures: true,
    });
    played.hear("h01", liveness({ goodbyeAt: START }));
    played.plan();
    expect(played.eventOf("h01", "BeforeBlockTraffic")?.status).toBe("Failed");
    expect(played.target("h01").command?.event).toBe("BlockTraffic");
    played.hearAgain("h01");
    played.play((_, event) => event === "Install");
    // The agent came back and the revision's own Install failed: blaming the agent would send people the wrong way.
    expect(played.state.error?.code).toBe("HEALTH_CONSTRAINTS");
    expect(played.state.error?.message).not.toContain("Silent hosts");
  });
});

describe("hosts left out of the load balancer", () => {
  const said = (played: PlayedDeployment) => played.state.statusMessages.join("\n");

  it.each(THIRTEEN)("a host that fails at %s is named when its traffic was taken and not given back", (event) => {
    const played = started(1).play((_, name) => name === event);
    const isLeftOut = event !== "BeforeBlockTraffic" && event !== "AfterAllowTraffic";
    expect(said(played).includes("h01")).toBe(isLeftOut);
  });

  it("are named when the deployment succeeds without them", () => {
    const played = started(3).play((id, event) => id === "h02" && event === "Install");
    expect(played.state.status).toBe("Succeeded");
    expect(played.state.statusMessages[0]).toBe("Still deregistered from the load balancer: h02.");
    expect(played.state.statusMessages[1]).toContain("Succeeded with 1 failed host: host h02 at Install");
  });

  it("are named when a stop leaves them there, and untouched ones are not", () => {
    const played = started(3, { healthRule: ONE_AT_A_TIME });
    played.bringTo("h01", "Install");
    played.acknowledge("h01");
    played.stop();
    played.plan();
    played.complete("h01");
    played.plan();
    expect(played.state.status).toBe("Stopped");
    expect(said(played)).toBe(
      "Still deregistered from the load balancer: h01.\nSkipped, because the deployment was stopped before their turn: h02, h03.",
    );
  });

  it("whose AllowTraffic failed are not said to be out: the balancer may still let them in", () => {
    const played = started(1).play((_, event) => event === "AllowTraffic");
    expect(said(played)).toBe(
      "Registering with the load balancer, which refused them or may still accept them (see AllowTraffic): h01.",
    );
  });

  it("whose BlockTraffic failed are not said to be out: nobody knows", () => {
    const played = started(1).play((_, event) => event === "BlockTraffic");
    expect(said(played)).toBe("Deregistration from the load balancer started and not finished: h01.");
  });
});

describe("a stop behind a load balancer", () => {
  it("ends a traffic event at once, and says what the balancer does with the host then, and what it said last", () => {
    const played = hostAt("BlockTraffic");
    played.reroute("h01", {
      event: "BlockTraffic",
      attempt: 1,
      outcome: "pending",
      detail: "web/h01 of lb-1: 3 sessions open, drains",
      ifLeft: "HAProxy keeps web/h01 of lb-1 out.",
    });
    played.plan();
    expect(played.state.status).toBe("InProgress");
    played.stop();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.outcomes.h01).toBe("Failed");
    expect(played.eventOf("h01", "BlockTraffic")).toMatchObject({ status: "Failed", endedAt: played.now });
    expect(played.eventOf("h01", "BlockTraffic")?.diagnostics?.message).toBe(
      "The deployment was stopped while BlockTraffic was in progress on host h01, before the load balancer had finished it. HAProxy keeps web/h01 of lb-1 out. Its last answer was: web/h01 of lb-1: 3 sessions open, drains",
    );
    expect(played.eventOf("h01", "AfterBlockTraffic")?.status).toBe("Skipped");
  });

  it("takes a traffic event that the balancer has just finished for what it is", () => {
    const played = hostAt("BlockTraffic");
    played.route("h01", "done");
    played.stop();
    played.plan();
    expect(played.state).toMatchObject({ status: "Stopped", error: { code: "MANUAL_STOP" } });
    expect(played.outcomes.h01).toBe("Failed");
    expect(played.eventOf("h01", "BlockTraffic")?.status).toBe("Succeeded");
    expect(played.eventOf("h01", "AfterBlockTraffic")?.status).toBe("Skipped");
  });
});
