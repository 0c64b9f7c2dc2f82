import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";
import { describe, expect, it } from "vitest";
import type { DeploymentView } from "./deployment-view.ts";
import { progressLines } from "./progress-lines.ts";
import { drawProgress } from "./progress-screen.ts";
import { gateCommands, shiftWords, stepWords } from "./shift-words.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 11, minute));

const shift: ShiftView = {
  targetId: "shop:web",
  percent: 20,
  steps: [
    { percent: 10, at: at(1) },
    { percent: 20, at: at(2) },
    ...[30, 40, 50, 60, 100].map((percent) => ({ percent })),
  ],
  nextPercent: 30,
  nextAt: at(3),
  isOpen: true,
};
const paused: ShiftView = { ...shift, nextAt: undefined, pausedSince: at(2) };

const view = (changes: Partial<DeploymentView>): DeploymentView => ({
  id: "d-1",
  application: "shop",
  group: "web",
  status: "InProgress",
  createdAt: at(0),
  completedAt: undefined,
  error: undefined,
  statusMessages: [],
  revision: undefined,
  wait: undefined,
  rollback: undefined,
  targets: [{ id: "shop:web", kind: "service", name: "shop:web", status: "InProgress", events: [] }],
  shift,
  ...changes,
});

describe("a shift in words", () => {
  it("tells where the traffic is, and what comes next", () => {
    expect(shiftWords(shift)).toBe("20 % of the traffic has moved; 30 % at 2026-11-28T11:03:00Z");
    expect(shiftWords(paused)).toBe("20 % of the traffic has moved; paused since 2026-11-28T11:02:00Z");
    const asked = { ...shift, nextPercent: undefined, nextAt: undefined, askedPercent: 30, askedSince: at(3) };
    expect(shiftWords(asked)).toBe("20 % of the traffic has moved; 30 % were asked for at 2026-11-28T11:03:00Z");
    expect(stepWords(shift)).toBe("10 % 11:01:00 · 20 % 11:02:00 · then 30 %, 40 %, 50 % … 100 %");
  });

  it("ends with a command that changes it now, or with none", () => {
    expect(gateCommands(shift, "d-1")).toBe(
      "To end this step now: sluice shift next d-1. To hold it: sluice shift pause d-1",
    );
    expect(gateCommands(paused, "d-1")).toBe("To let it go on: sluice shift resume d-1");
    expect(gateCommands({ ...shift, isOpen: false }, "d-1")).toBe("");
  });

  it("is a line for each change, and none for the clock", () => {
    expect(progressLines(undefined, view({}))).toEqual([
      "d-1 shop/web",
      "d-1 on shop:web",
      "d-1 20 % of the traffic has moved; 30 % at 2026-11-28T11:03:00Z",
      "d-1 InProgress",
    ]);
    expect(progressLines(view({}), view({ shift: { ...shift, nextAt: at(4) } }))).toEqual([]);
    expect(progressLines(view({}), view({ shift: paused }))).toEqual([
      "d-1 20 % of the traffic has moved; paused since 2026-11-28T11:02:00Z",
    ]);
  });

  it("is drawn with its steps, and with how a person changes it", () => {
    expect(drawProgress(view({}), { columns: 100, rows: 24, now: at(2), colour: false })).toEqual([
      "d-1  shop/web  InProgress  2 min 00 s",
      "  ▸ shop:web  0/0  InProgress",
      "  20 % of the traffic has moved; 30 % at 2026-11-28T11:03:00Z",
      "  10 % 11:01:00 · 20 % 11:02:00 · then 30 %, 40 %, 50 % … 100 %",
      "  To end this step now: sluice shift next d-1. To hold it: sluice shift pause d-1",
    ]);
  });
});
