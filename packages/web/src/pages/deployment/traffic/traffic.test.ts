import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test } from "vitest";
import { hostRow } from "../grid/grid.fixture.ts";
import { hostTraffic } from "./host-traffic.ts";
import { shiftPlot } from "./shift-plot.ts";

const minute = (count: number) => new Date(Date.parse("2026-11-30T02:00:00Z") + count * 60_000);
const shift: ShiftView = {
  targetId: "web:shop",
  percent: 20,
  steps: [{ percent: 10, at: minute(1) }, { percent: 20, at: minute(2) }, { percent: 30 }, { percent: 40 }],
  nextPercent: 30,
  nextAt: minute(3),
  isOpen: true,
};

test("a shift has its past as it was, and its schedule ahead", () => {
  const { past, planned } = shiftPlot(shift, minute(0), minute(2.5));
  expect(past.map(({ at, percent }) => [at, percent])).toEqual([
    [minute(0), 0],
    [minute(1), 10],
    [minute(2), 20],
    [minute(2.5), 20],
  ]);
  expect(planned.map(({ at, percent }) => [at, percent])).toEqual([
    [minute(2.5), 20],
    [minute(3), 30],
    [minute(4), 40],
  ]);
});

test("nobody knows when a paused shift goes on", () => {
  const { nextAt: _, ...paused } = { ...shift, pausedSince: minute(2.2) };
  expect(shiftPlot(paused, minute(0), minute(5)).planned).toEqual([]);
});

test("hosts leave with the old revision and come back with the new one", () => {
  const ended = (name: string, at: number) => ({ name, status: "Succeeded", by: "balancer", endedAt: minute(at) });
  const waits = { name: "AllowTraffic", status: "Pending", by: "balancer" };
  const rows = [
    hostRow(1, { events: [ended("BlockTraffic", 1), ended("AllowTraffic", 2)] }),
    hostRow(2, { events: [ended("BlockTraffic", 2), waits] }),
    hostRow(3, { events: [{ ...waits, name: "BlockTraffic" }, waits] }),
  ];
  expect(hostTraffic(rows, minute(0), minute(3))?.points).toEqual([
    { at: minute(0), old: 3, new: 0 },
    { at: minute(1), old: 2, new: 0 },
    { at: minute(2), old: 1, new: 1 },
    { at: minute(3), old: 1, new: 1 },
  ]);
  expect(hostTraffic([hostRow(1)], minute(0), minute(3))).toBeUndefined();
});
