import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { expect, test } from "vitest";
import { hostRow } from "../grid/grid.fixture.ts";
import { batchesOf, MAX_BATCHES } from "./batches.ts";
import { timelineOf } from "./timeline-entries.ts";

const second = (count: number) => new Date(Date.parse("2026-11-30T02:00:00Z") + count * 1000);
const begun = (number: number, at: number) =>
  hostRow(number, { events: [{ name: "ApplicationStop", status: "InProgress", by: "agent", startedAt: second(at) }] });
const deployment: DeploymentSummary = {
  deploymentId: "d-1",
  applicationName: "shop",
  deploymentGroupName: "web",
  computePlatform: "Server",
  status: "Failed",
  creator: "user",
  deploymentConfigName: "CodeDeployDefault.HalfAtATime",
  createdAt: second(0),
  completedAt: second(90),
  targets: { pending: 0, inProgress: 0, succeeded: 0, failed: 1, skipped: 0, ready: 0 },
  errorCode: "HEALTH_CONSTRAINTS",
  errorMessage: "Too many failed.",
};

test("hosts that began within a moment are one batch", () => {
  const batches = batchesOf([begun(1, 10), begun(2, 11), begun(3, 40), hostRow(4)]);
  expect(batches.map(({ rows }) => rows.length)).toEqual([2, 1]);
});

test("a thousand hosts one at a time are no thousand batches", () => {
  const rows = Array.from({ length: 1000 }, (_, number) => begun(number, number * 30));
  const batches = batchesOf(rows);
  expect(batches.length).toBeLessThanOrEqual(MAX_BATCHES);
  expect(batches.flatMap(({ rows: members }) => members)).toHaveLength(1000);
});

test("tells what happened in order, and an end once", () => {
  const failed = hostRow(1, {
    events: [
      {
        name: "ApplicationStart",
        status: "Failed",
        by: "agent",
        startedAt: second(20),
        endedAt: second(30),
        errorCode: "ScriptFailed",
        scriptName: "start.sh",
      },
    ],
  });
  const notes = [{ at: second(50), accessKeyId: "SLK1", action: "stop", reason: "wrong revision" }];
  const started = {
    eventId: 7,
    at: second(2),
    type: "deploymentStarted",
    body: { targets: [{}], minimumHealthyHosts: 2 },
  };
  const end = { eventId: 9, at: second(90), type: "deploymentFailed", body: { error: { code: "A", message: "b" } } };
  const told = (events: (typeof started | typeof end)[]) =>
    timelineOf({ deployment, notes, events, rows: [failed] }).map(({ title, detail }) => [title, detail]);
  expect(told([started, end])).toEqual([
    ["Created by user", undefined],
    ["Started with 1 target", "2 must stay healthy"],
    ["web-1 began", undefined],
    ["ApplicationStart failed on web-1", "ScriptFailed in start.sh"],
    ["Stop asked for", "wrong revision"],
    ["Failed", "A: b"],
  ]);
  expect(told([]).at(-1)).toEqual(["Failed", "HEALTH_CONSTRAINTS: Too many failed."]);
});
