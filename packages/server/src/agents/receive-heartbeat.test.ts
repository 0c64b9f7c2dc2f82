import { ALWAYS_HEARD, type HeardTime } from "@sluice/engine/heard-time.ts";
import { formatHostCommandIdentifier, parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type RunnerFixture, runnerFixture } from "../runner/runner.fixture.ts";
import { loadSomeTargets } from "../store/targets.ts";
import { MAX_HEARTBEAT_AGE_MILLISECONDS, receiveHeartbeat } from "./receive-heartbeat.ts";
import type { AddressedReport } from "./report-inbox.ts";

const DEPLOYMENT = "d-AAAAAAAAA";
let fixture: RunnerFixture;
let acknowledgedAt: number;

beforeEach(async () => {
  fixture = await runnerFixture(["a"]);
  await fixture.createDeployment(DEPLOYMENT, { type: "FLEET_PERCENT", value: 0 });
  const command = await fixture.runner.poll("a", new AbortController().signal);
  const { event, attempt, offer } = parseHostCommandIdentifier(command?.hostCommandIdentifier ?? "")!;
  const report = { type: "acknowledged", event, by: "agent", attempt, offer } as const;
  await fixture.runner.report({ deploymentId: DEPLOYMENT, targetId: "a", report });
  acknowledgedAt = (await commandOfHost())?.acknowledgedAt ?? 0;
});
afterEach(() => fixture.close());

const commandOfHost = async () => (await loadSomeTargets(fixture.store, DEPLOYMENT, ["a"]))[0]?.command;

/** A heartbeat that holds nothing unless it is said, looked at so long after the acknowledgement. */
const heartbeat = (afterMilliseconds: number, heard: HeardTime = ALWAYS_HEARD, heldCommands: readonly string[] = []) =>
  receiveHeartbeat("a", heldCommands, acknowledgedAt + afterMilliseconds, {
    store: fixture.store,
    hosts: { heardTime: () => heard },
    now: Date.now,
    feed: fixture.runner.feed,
  });

it("counts a heartbeat without the command that cannot have been on its way when that was acknowledged", async () => {
  await heartbeat(MAX_HEARTBEAT_AGE_MILLISECONDS);
  expect((await commandOfHost())?.missedHeartbeats).toBe(1);
});

it("counts none of those that lay in a queue together, sent before the acknowledgement", async () => {
  for (let sent = 0; sent < 4; sent += 1) await heartbeat(sent);
  expect((await commandOfHost())?.missedHeartbeats).toBe(0);
});

it("counts none while the server has only just begun to hear again", async () => {
  const stoodStill = [
    { from: 0, until: acknowledgedAt },
    { from: acknowledgedAt + 30_000, until: acknowledgedAt + 31_000 },
  ];
  await heartbeat(31_000, stoodStill);
  await heartbeat(31_000, stoodStill.slice(0, 1));
  await heartbeat(31_000, []);
  expect((await commandOfHost())?.missedHeartbeats).toBe(0);
});

it("counts none while the host still reports what the command came after, since it comes with that answer", async () => {
  const { event, attempt, acknowledgedOffer: offer } = (await commandOfHost())!;
  const key = { deploymentId: DEPLOYMENT, targetId: "a", event, attempt, offer: offer! };
  const diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" } as const;
  const report = { type: "completed", event, by: "agent", attempt, succeeded: true, diagnostics, takesNextBy: offer! };
  const { next } = await fixture.runner.report({ deploymentId: DEPLOYMENT, targetId: "a", report } as AddressedReport);
  const command = await commandOfHost();
  expect(command).toMatchObject({ ...next, acknowledgedOffer: offer });
  acknowledgedAt = command?.acknowledgedAt ?? 0;
  await heartbeat(MAX_HEARTBEAT_AGE_MILLISECONDS, ALWAYS_HEARD, [formatHostCommandIdentifier(key)]);
  expect((await commandOfHost())?.missedHeartbeats).toBe(0);
  await heartbeat(MAX_HEARTBEAT_AGE_MILLISECONDS, ALWAYS_HEARD, [
    formatHostCommandIdentifier({ ...key, offer: "another" }),
  ]);
  expect((await commandOfHost())?.missedHeartbeats).toBe(1);
});
