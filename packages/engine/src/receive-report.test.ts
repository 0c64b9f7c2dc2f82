import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import { ALL_AT_ONCE, candidate, PlayedDeployment, SCRIPT_FAILED, SUCCESS } from "./engine.fixture.ts";
import { type CommandReport, receiveReport } from "./receive-report.ts";
import type { TargetState } from "./state.ts";
import { hostCommand, hostEvent, hostTarget } from "./target.fixture.ts";

const advancing = { advancing: true, forgiven: new Set<LifecycleEventName>() };
const acknowledged = (offer: string): CommandReport => ({
  type: "acknowledged",
  event: "ApplicationStop",
  by: "agent",
  attempt: 1,
  offer,
});
const completed = (succeeded: boolean): CommandReport => ({
  type: "completed",
  event: "ApplicationStop",
  by: "agent",
  attempt: 1,
  succeeded,
  diagnostics: succeeded ? SUCCESS : SCRIPT_FAILED,
});

/** A target that has just been offered ApplicationStop, after these reports. */
function targetAfter(...reports: CommandReport[]) {
  const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [candidate("h01")] });
  played.plan();
  for (const report of reports) played.report("h01", report);
  return played.target("h01");
}

const receive = (target: TargetState, report: CommandReport, policy = advancing) =>
  receiveReport(target, report, policy, 0);

describe("receiveReport", () => {
  it("starts the event at the first acknowledgement, and tells that agent to run it", () => {
    const result = receive(targetAfter(), acknowledged("1"));
    expect(result.answer).toBe("InProgress");
    expect(result.events.map(({ type }) => type)).toEqual(["lifecycleEventStarted"]);
  });

  it("answers a repeated acknowledgement of the same offer alike, and changes nothing", () => {
    expect(receive(targetAfter(acknowledged("1")), acknowledged("1"))).toMatchObject({
      answer: "InProgress",
      events: [],
    });
  });

  it("tells an agent that acknowledges another offer of a running command to skip it", () => {
    expect(receive(targetAfter(acknowledged("1")), acknowledged("2"))).toMatchObject({
      answer: "Succeeded",
      events: [],
    });
  });

  it.each([
    [true, "Succeeded"],
    [false, "Failed"],
  ] as const)("tells an agent that acknowledges after completion (succeeded: %s) that it %s", (succeeded, answer) => {
    const target = targetAfter(acknowledged("1"), completed(succeeded));
    expect(receive(target, acknowledged("1"))).toMatchObject({ answer, events: [] });
    expect(receive(target, acknowledged("2"))).toMatchObject({ answer, events: [] });
  });

  it("makes the next event available in the same step while the deployment advances", () => {
    const { events } = receive(targetAfter(acknowledged("1")), completed(true));
    expect(events.map(({ type }) => type)).toEqual(["lifecycleEventSucceeded", "commandOffered"]);
  });

  it("only records while the deployment does not advance", () => {
    const { events, target } = receive(targetAfter(acknowledged("1")), completed(true), {
      ...advancing,
      advancing: false,
    });
    expect(events.map(({ type }) => type)).toEqual(["lifecycleEventSucceeded"]);
    expect(target).toMatchObject({ status: "InProgress", command: null });
  });

  it("lets the first completion win, whatever a second one says", () => {
    const succeeded = targetAfter(acknowledged("1"), completed(true));
    expect(receive(succeeded, completed(false))).toMatchObject({ answer: "Succeeded", events: [], target: succeeded });
    const failed = targetAfter(acknowledged("1"), completed(false));
    expect(receive(failed, completed(true))).toMatchObject({ answer: "Failed", events: [], target: failed });
    expect(failed.status).toBe("Failed");
  });

  it("takes a completion that overtook its acknowledgement, and answers that acknowledgement as past", () => {
    const target = targetAfter(completed(true));
    expect(target.command?.event).toBe("DownloadBundle");
    expect(receive(target, acknowledged("1"))).toMatchObject({ answer: "Succeeded", events: [] });
  });

  it("refuses reports of events that are not offered yet, and of attempts that never were", () => {
    const target = targetAfter();
    const early = { ...completed(true), event: "Install" } as CommandReport;
    expect(receive(target, early)).toMatchObject({ answer: "Failed", events: [], target });
    expect(receive(target, { ...completed(true), attempt: 2 })).toMatchObject({ answer: "Failed", events: [], target });
  });

  it("fails the target at a failed event, and forgives ApplicationStop where that was asked for", () => {
    const target = targetAfter(acknowledged("1"));
    expect(receive(target, completed(false)).target.status).toBe("Failed");
    const forgiving = receive(target, completed(false), {
      advancing: true,
      forgiven: new Set<LifecycleEventName>(["ApplicationStop"]),
    });
    expect(forgiving.target.command?.event).toBe("DownloadBundle");
  });

  it("ends the target with its last event", () => {
    const played = new PlayedDeployment({ healthRule: ALL_AT_ONCE, candidates: [candidate("h01")] });
    played.plan();
    played.bringTo("h01", "ValidateService");
    played.acknowledge("h01");
    played.complete("h01");
    expect(played.target("h01")).toMatchObject({ status: "Succeeded", command: null });
  });
});

describe("a completion with which the host takes what comes next", () => {
  const taking = (offer: string, succeeded = true) =>
    ({ ...completed(succeeded), takesNextBy: offer }) as CommandReport;
  const first = () => receive(targetAfter(acknowledged("1")), taking("1"));

  it("starts the next event at once, as acknowledged by the same offer", () => {
    const { events, next, target } = first();
    expect(events.map(({ type }) => type)).toEqual([
      "lifecycleEventSucceeded",
      "commandOffered",
      "lifecycleEventStarted",
    ]);
    expect(next).toEqual({ event: "DownloadBundle", attempt: 1 });
    expect(target.command).toMatchObject({ event: "DownloadBundle", acknowledgedOffer: "1" });
  });

  it("is answered alike when it is said again, also once the deployment advances no more, and changes nothing", () => {
    const { target, next } = first();
    expect(receive(target, taking("1"))).toEqual({ target, events: [], answer: "Succeeded", next });
    expect(receive(target, taking("1"), { ...advancing, advancing: false }).next).toEqual(next);
  });

  it("gives nothing to who has another offer, does not ask, or asks when the command after it is over", () => {
    const { target } = first();
    expect(receive(target, taking("2")).next).toBeUndefined();
    expect(receive(target, completed(true)).next).toBeUndefined();
    const over = { ...taking("1"), event: "DownloadBundle" } as CommandReport;
    const { target: later } = receive(target, { ...over, takesNextBy: undefined } as CommandReport);
    expect(receive(later, taking("1")).next).toBeUndefined();
  });

  it("gives nothing where nothing is next: after a failure, and where the deployment does not advance", () => {
    const target = targetAfter(acknowledged("1"));
    expect(receive(target, taking("1", false)).next).toBeUndefined();
    const held = receive(target, taking("1"), { ...advancing, advancing: false });
    expect(held.events.map(({ type }) => type)).toEqual(["lifecycleEventSucceeded"]);
    expect(held.next).toBeUndefined();
  });

  it("starts nothing that is not for the host itself", () => {
    const target = hostTarget("h01", {
      status: "InProgress",
      lifecycleEvents: [
        hostEvent("ApplicationStop", { status: "InProgress", startedAt: 1 }),
        hostEvent("BlockTraffic", { by: "balancer" }),
      ],
      command: hostCommand("ApplicationStop", { acknowledgedAt: 1, acknowledgedOffer: "1" }),
    });
    const { events, next } = receive(target, taking("1"));
    expect(events.at(-1)).toMatchObject({ type: "commandOffered", by: "balancer" });
    expect(next).toBeUndefined();
  });
});

describe("a report of another than the command names", () => {
  const hookTarget = () =>
    hostTarget("svc", {
      status: "InProgress",
      lifecycleEvents: [
        hostEvent("BeforeInstall", { by: "hook", status: "InProgress", startedAt: 1 }),
        hostEvent("Install"),
      ],
      command: hostCommand("BeforeInstall", { by: "hook", acknowledgedAt: 1 }),
    });
  const answer = (by: CommandReport["by"]): CommandReport => ({ ...completed(true), event: "BeforeInstall", by });

  it.each(["agent", "balancer", "platform"] as const)("changes nothing: %s instead of a hook", (by) => {
    const target = hookTarget();
    expect(receive(target, answer(by))).toEqual({ target, events: [], answer: "Failed" });
    const acknowledgement: CommandReport = { ...acknowledged("1"), event: "BeforeInstall", by };
    expect(receive(target, acknowledgement)).toEqual({ target, events: [], answer: "Failed" });
  });

  it("counts from the hook itself, once", () => {
    const first = receive(hookTarget(), answer("hook"));
    expect(first.events).toMatchObject([
      { type: "lifecycleEventSucceeded", event: "BeforeInstall" },
      { type: "commandOffered", event: "Install", by: "agent" },
    ]);
    expect(receive(first.target, answer("hook")).events).toEqual([]);
  });
});
