import { expect, test } from "vitest";
import { applyEvents, type StreamEvent } from "./apply-events.ts";
import { hostRow, pending } from "./grid.fixture.ts";
import { gridOf } from "./grid-row.ts";

const T0 = Date.parse("2026-11-30T02:00:00Z");
const event = (eventId: number, type: string, body: Record<string, unknown>): StreamEvent => ({
  eventId,
  at: new Date(T0 + eventId * 1000),
  type,
  body,
});
const of = (targetId: string, name: string) => ({ targetId, event: name });

test("follows a host through its events", () => {
  const grid = gridOf([hostRow(1), hostRow(2)], 10);
  const after = applyEvents(grid, [
    event(11, "commandOffered", of("i-1", "ApplicationStop")),
    event(12, "lifecycleEventStarted", of("i-1", "ApplicationStop")),
    event(13, "lifecycleEventSucceeded", { ...of("i-1", "ApplicationStop"), diagnostics: { errorCode: "Success" } }),
    event(14, "commandOffered", of("i-1", "DownloadBundle")),
  ]);
  expect(after.eventId).toBe(14);
  expect(after.rows[0]).toMatchObject({ status: "InProgress" });
  expect(after.rows[0]?.events.slice(0, 2)).toEqual([
    {
      ...pending("ApplicationStop"),
      status: "Succeeded",
      startedAt: new Date(T0 + 12_000),
      endedAt: new Date(T0 + 13_000),
    },
    pending("DownloadBundle"),
  ]);
});

test("keeps a failure's cause, and skips what never ran", () => {
  const diagnostics = { errorCode: "ScriptFailed", scriptName: "start.sh", message: "exit code 1", logTail: "…" };
  const { rows } = applyEvents(gridOf([hostRow(1)], 0), [
    event(1, "lifecycleEventStarted", of("i-1", "ApplicationStop")),
    event(2, "lifecycleEventFailed", { ...of("i-1", "ApplicationStop"), diagnostics, agentIssue: false }),
    event(3, "targetFailed", { targetId: "i-1" }),
  ]);
  expect(rows[0]?.status).toBe("Failed");
  expect(rows[0]?.events[0]).toMatchObject({
    status: "Failed",
    errorCode: "ScriptFailed",
    scriptName: "start.sh",
    message: "exit code 1",
  });
  expect(
    rows[0]?.events.slice(1).map(({ status, startedAt, endedAt }) => [status, startedAt, endedAt?.getTime()]),
  ).toEqual(Array(3).fill(["Skipped", undefined, T0 + 3000]));
});

test("the load balancer's events begin when they are asked for, and say what they wait for until they end", () => {
  const row = hostRow(1, { events: [pending("BlockTraffic", "balancer")] });
  const asked = applyEvents(gridOf([row], 0), [
    event(1, "commandOffered", of("i-1", "BlockTraffic")),
    event(2, "targetWaiting", { ...of("i-1", "BlockTraffic"), reason: "3 connections", since: T0, until: T0 + 5 }),
  ]);
  expect(asked.rows[0]?.events[0]).toMatchObject({ status: "InProgress", startedAt: new Date(T0 + 1000) });
  expect(asked.rows[0]?.wait).toEqual({
    event: "BlockTraffic",
    reason: "3 connections",
    since: new Date(T0),
    until: new Date(T0 + 5),
  });
  const ended = applyEvents(asked, [event(3, "lifecycleEventSucceeded", of("i-1", "BlockTraffic"))]);
  expect(ended.rows[0]?.wait).toBeUndefined();
});

test("an event that the grid stands behind already, of another target or of an unknown type changes nothing", () => {
  const grid = gridOf([hostRow(1)], 10);
  expect(applyEvents(grid, [event(10, "targetFailed", { targetId: "i-1" })])).toBe(grid);
  const after = applyEvents(grid, [
    event(11, "targetFailed", { targetId: "i-9" }),
    event(12, "somethingNew", { targetId: "i-1" }),
    event(13, "lifecycleEventStarted", of("i-1", "NoSuchEvent")),
    event(14, "lifecycleEventStarted", { targetId: 4 }),
  ]);
  expect(after.rows).toBe(grid.rows);
  expect(after.eventId).toBe(14);
});

test("rows that do not change stay the same objects", () => {
  const grid = gridOf(
    Array.from({ length: 1000 }, (_, number) => hostRow(number)),
    0,
  );
  const events = Array.from({ length: 20 }, (_, number) =>
    event(number + 1, "lifecycleEventStarted", of(`i-${number}`, "ApplicationStop")),
  );
  const after = applyEvents(grid, events);
  expect(after.rows.filter((row, place) => row !== grid.rows[place])).toHaveLength(20);
  expect(after.placeOf).toBe(grid.placeOf);
  expect(grid.rows[0]?.status).toBe("Pending");
});
