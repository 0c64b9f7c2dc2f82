import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { expect, it } from "vitest";
import { strategyWith } from "./strategy.fixture.ts";
import { hostCommand } from "./target.fixture.ts";
import { STOP_GRACE_MILLISECONDS } from "./time-limits.ts";
import { stopWaiting } from "./waiting.ts";

const RUNNING = {
  halt: null,
  stopRequestedAt: null,
  stage: "deploy",
  wait: null,
  strategy: strategyWith({ type: "in-place", hasTrafficControl: false, zones: null }),
} as const;
const STOPPED = { ...RUNNING, stopRequestedAt: 1_000 };
const at = (event: LifecycleEventName, acknowledgedAt: number | null) => [
  { command: hostCommand(event, { acknowledgedAt }) },
];

it("says of a stop until when hosts may finish their events", () => {
  expect(stopWaiting(RUNNING, at("Install", 1))).toBeUndefined();
  expect(stopWaiting(STOPPED, at("Install", 1))).toEqual({
    reason: "a stop was requested: hosts finish their event in progress and start no other",
    since: 1_000,
    until: 1_000 + STOP_GRACE_MILLISECONDS,
  });
});

it("waits for no host that runs nothing, and for no load balancer", () => {
  for (const atWork of [[], at("Install", null), at("AllowTraffic", 1)]) {
    expect(stopWaiting(STOPPED, atWork)).toMatchObject({ since: 1_000, until: null });
  }
});

it("does not say so of a stop that came too late", () => {
  expect(stopWaiting({ ...STOPPED, stage: "terminate" }, [])).toBeUndefined();
});
