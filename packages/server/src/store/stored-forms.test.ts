import type {
  EcsServiceTarget,
  HostTarget,
  LambdaAliasTarget,
  LifecycleEventState,
  TargetState,
} from "@sluice/engine/state.ts";
import { hostCommand, hostEvent, hostTarget, lambdaTarget } from "@sluice/engine/target.fixture.ts";
import { LIFECYCLE_EVENT_STATUSES, LIFECYCLE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventBody, type ReadableEvent, readStoredEvent, storeEvent } from "./stored-event.ts";
import { readStoredTarget, storeTarget } from "./stored-target.ts";

const QUIET = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" } as const;
const FAILED = { errorCode: "ScriptFailed", scriptName: "check.sh", message: "exit code 1", logTail: "boom" } as const;

const readEvent = ({ type, body_json }: { readonly type: string; readonly body_json: string }) =>
  readStoredEvent({ type, body_json: body_json as unknown as Json<EventBody> }, () => "17");

describe("events in the store", () => {
  // What is written once is read for ever: these lines are never changed.
  it.each<[string, string, ReadableEvent]>([
    [
      "co",
      '["i-1","s",1]',
      { type: "commandOffered", body: { targetId: "i-1", event: "ApplicationStop", attempt: 1 } },
    ],
    [
      "es",
      '["i-1","bi","qO49CCngsf"]',
      { type: "lifecycleEventStarted", body: { targetId: "i-1", event: "BeforeInstall", offer: "qO49CCngsf" } },
    ],
    [
      "eo",
      '["i-1","v",0]',
      { type: "lifecycleEventSucceeded", body: { targetId: "i-1", event: "ValidateService", diagnostics: QUIET } },
    ],
    ["to", '["web-1"]', { type: "targetSucceeded", body: { targetId: "web-1" } }],
  ])("have the short form %s %s", (type, body_json, event) => {
    expect(storeEvent(event)).toEqual({ type, body_json });
    expect(readEvent({ type, body_json })).toEqual(event);
  });

  it("are read as they were written before there were short forms", () => {
    const body_json =
      '{"targetId":"i-168f48a49639f69a3","event":"ApplicationStop","diagnostics":{"errorCode":"Success","scriptName":"","message":"Succeeded","logTail":""}}';
    expect(readEvent({ type: "lifecycleEventSucceeded", body_json })).toEqual({
      type: "lifecycleEventSucceeded",
      body: { targetId: "i-168f48a49639f69a3", event: "ApplicationStop", diagnostics: QUIET },
    });
  });

  it.each(["[]", '"co"', "[1"])("that are not events are refused by their place: %s", (body_json) => {
    expect(() => readEvent({ type: "deploymentStopped", body_json })).toThrow(/events\.body_json of 17 /);
  });

  it.each<ReadableEvent>([
    {
      type: "lifecycleEventSucceeded",
      body: { targetId: "i", event: "Install", diagnostics: { ...QUIET, logTail: "x" } },
    },
    { type: "lifecycleEventFailed", body: { targetId: "i", event: "Install", diagnostics: FAILED, agentIssue: false } },
    { type: "deploymentStopped", body: { error: { code: "c", message: "m" } } },
    { type: "commandOffered", body: { targetId: "i", event: "NotYetKnown", attempt: 3 } },
    // Of a later version.
    { type: "targetSucceeded", body: { targetId: "i", why: "because" } },
  ])("lose nothing: %j", (event) => {
    expect(readStoredEvent(storeEvent(event), () => "")).toEqual(event);
  });
});

const EXECUTORS = ["agent", "balancer", "platform", "hook"] as const;
const time = fc.integer({ min: 0, max: 2_000_000_000_000 });
const lifecycleEvent: fc.Arbitrary<LifecycleEventState> = fc.record({
  name: fc.constantFrom(...LIFECYCLE_EVENTS),
  by: fc.constantFrom(...EXECUTORS),
  awaitsLeave: fc.constantFrom(true, undefined),
  status: fc.constantFrom(...LIFECYCLE_EVENT_STATUSES),
  startedAt: fc.option(time),
  endedAt: fc.option(time),
  diagnostics: fc.option(fc.constantFrom(QUIET, FAILED)),
});
const base = {
  targetId: fc.string(),
  status: fc.constantFrom("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready"),
  lifecycleEvents: fc.array(lifecycleEvent, { maxLength: 13 }),
  command: fc.option(
    fc.record({
      event: fc.constantFrom(...LIFECYCLE_EVENTS),
      by: fc.constantFrom(...EXECUTORS),
      attempt: fc.nat(),
      availableAt: time,
      acknowledgedAt: fc.option(time),
      acknowledgedOffer: fc.option(fc.string()),
      missedHeartbeats: fc.nat(),
    }),
  ),
  updatedAt: time,
} as const;
const host: fc.Arbitrary<HostTarget> = fc.record({
  ...base,
  type: fc.constant("host"),
  hostName: fc.string(),
  kind: fc.constantFrom("instance", "on-premises"),
  zone: fc.option(fc.string()),
  label: fc.option(fc.constantFrom("Blue", "Green")),
  wasHealthy: fc.boolean(),
  revisionHealth: fc.constantFrom("Unknown", "Old", "Current"),
  agentIssue: fc.boolean(),
});
const shift = fc.record({
  step: fc.nat(),
  percent: fc.nat(100),
  changedAt: fc.option(time),
  asked: fc.option(fc.record({ percent: fc.nat(100), at: time })),
  gate: fc.record({ kind: fc.constantFrom("next", "finish", "pause"), since: time }),
  moves: fc.array(fc.record({ percent: fc.nat(100), at: time }), { maxLength: 3 }),
});
const service: fc.Arbitrary<EcsServiceTarget> = fc.record({
  ...base,
  type: fc.constant("ecs-service"),
  clusterName: fc.string(),
  serviceName: fc.string(),
  originalTaskSetId: fc.string(),
  originalTargetGroup: fc.string(),
  replacementTaskSetId: fc.option(fc.string()),
  shift,
});
const alias: fc.Arbitrary<LambdaAliasTarget> = fc.record({
  ...base,
  type: fc.constant("lambda-alias"),
  functionName: fc.string(),
  aliasName: fc.string(),
  currentVersion: fc.string(),
  targetVersion: fc.string(),
  shift,
});
const target: fc.Arbitrary<TargetState> = fc.oneof(host, service, alias);

/** As targets were before: all of them hosts. */
function asBefore({ type: _, command, lifecycleEvents, ...others }: HostTarget) {
  const eventsOfBefore = lifecycleEvents.map(({ by: _, awaitsLeave: __, ...event }) => event);
  return { ...others, command: command && { ...command, by: undefined }, lifecycleEvents: eventsOfBefore };
}

describe("targets in the store", () => {
  it("lose nothing", () => {
    const isLossless = (one: TargetState) => {
      expect(readStoredTarget(storeTarget(one))).toEqual(one);
    };
    fc.assert(fc.property(target, isLossless));
  });

  const ended = hostTarget("i-1", {
    hostName: "web-1",
    zone: "a",
    status: "Succeeded",
    revisionHealth: "Current",
    lifecycleEvents: [
      hostEvent("ApplicationStop", { status: "Succeeded", startedAt: 1_000, endedAt: 1_500, diagnostics: QUIET }),
      hostEvent("Install", { status: "Failed", startedAt: 1_600, endedAt: 1_900, diagnostics: FAILED }),
      hostEvent("ValidateService", { status: "Skipped", endedAt: 2_000 }),
    ],
    updatedAt: 2_000,
  });

  // What is written once is read for ever: this line is never changed.
  it("have this form", () => {
    const json =
      '[1,"i-1","web-1","s",2000,[["s","s",-1000,-500,0],["i","f",-400,-100,{"errorCode":"ScriptFailed","scriptName":"check.sh","message":"exit code 1","logTail":"boom"}],["v","k",null,0]],null,{"zone":"a","wasHealthy":false}]';
    expect(storeTarget(ended)).toBe(json);
    expect(readStoredTarget(json)).toEqual(ended);
  });

  it("are read as they were written before there was a short form", () => {
    expect(readStoredTarget(JSON.stringify(asBefore(ended)))).toEqual(ended);
  });

  // What is written once is read for ever: this line is never changed.
  it("that are no hosts have this form", () => {
    const json =
      '[2,"payments","i",2000,[["ba","i",0,null,null,{"by":"hook"}]],{"event":"BeforeAllowTraffic","by":"hook","attempt":1,"availableAt":2000,"acknowledgedAt":2000,"acknowledgedOffer":null,"missedHeartbeats":0},{"type":"lambda-alias","functionName":"payments","aliasName":"live","currentVersion":"1","targetVersion":"2","shift":{"step":0,"percent":0,"changedAt":null,"asked":null}}]';
    const payments = lambdaTarget("payments", {
      status: "InProgress",
      lifecycleEvents: [hostEvent("BeforeAllowTraffic", { by: "hook", status: "InProgress", startedAt: 2000 })],
      command: hostCommand("BeforeAllowTraffic", { by: "hook", availableAt: 2000, acknowledgedAt: 2000 }),
      updatedAt: 2000,
    });
    expect(storeTarget(payments)).toBe(json);
    expect(readStoredTarget(json)).toEqual(payments);
  });

  // As a server before this wrote them in the middle of a blue/green deployment. The line is never changed.
  it("are read as they were written before it was stored who runs an event", () => {
    const json =
      '[1,"i-2","green-1","i",2000,[["v","s",-20,-10,0],["ba","p"],["a","i",0],["aa","p"]],{"event":"AllowTraffic","attempt":1,"availableAt":2000,"acknowledgedAt":2000,"acknowledgedOffer":null,"missedHeartbeats":0},{"label":"Green","wasHealthy":false,"revisionHealth":"Unknown"}]';
    const green = hostTarget("i-2", {
      hostName: "green-1",
      label: "Green",
      status: "InProgress",
      lifecycleEvents: [
        hostEvent("ValidateService", { status: "Succeeded", startedAt: 1980, endedAt: 1990, diagnostics: QUIET }),
        hostEvent("BeforeAllowTraffic", { awaitsLeave: true }),
        hostEvent("AllowTraffic", { status: "InProgress", startedAt: 2000 }),
        hostEvent("AfterAllowTraffic"),
      ],
      command: hostCommand("AllowTraffic", { availableAt: 2000, acknowledgedAt: 2000 }),
      updatedAt: 2000,
    });
    expect(green.command?.by).toBe("balancer");
    expect(readStoredTarget(json)).toEqual(green);
    // And are not longer for it.
    expect(storeTarget(green)).toBe(json);
    expect(readStoredTarget(JSON.stringify(asBefore(green)))).toEqual(green);
  });

  it("of a later form are refused, not misread", () => {
    expect(() => readStoredTarget('[3,"i-1"]')).toThrow("stored in form 3, which this version of Sluice cannot read");
  });
});
