import { expect, test } from "vitest";
import type { DeploymentView, TargetView } from "./deployment-view.ts";
import { failureReport } from "./failure-report.ts";
import { progressLines } from "./progress-lines.ts";
import { drawProgress } from "./progress-screen.ts";

const EVENTS = ["ApplicationStop", "Install", "ValidateService"];

/** A target whose events have the given statuses, in order; the rest are pending. */
function target(number: number, status: string, statuses: readonly string[]): TargetView {
  return {
    id: `i-${number}`,
    name: `host-${number}`,
    status,
    events: EVENTS.map((name, index) => ({
      name,
      status: statuses[index] ?? "Pending",
      failure:
        statuses[index] === "Failed"
          ? {
              errorCode: "ScriptFailed",
              scriptName: "scripts/validate.sh",
              message: "it exited with 1",
              logTail: "500\n\u001b[31moh",
            }
          : undefined,
    })),
  };
}

function view(status: string, targets: readonly TargetView[], error?: string): DeploymentView {
  return {
    id: "d-1",
    application: "web",
    group: "prod",
    status,
    createdAt: new Date(0),
    completedAt: undefined,
    error,
    statusMessages: [],
    wait: undefined,
    rollback: undefined,
    targets,
  };
}

test("lines tell every event of a host, also those that passed between two looks", () => {
  const before = view("InProgress", [target(1, "InProgress", ["InProgress"])]);
  const after = view("Succeeded", [target(1, "Succeeded", ["Succeeded", "Succeeded", "Succeeded"])]);
  expect(progressLines(undefined, before)).toEqual([
    "d-1 web/prod",
    "d-1 on 1 host",
    "host-1 (i-1) ApplicationStop InProgress",
    "d-1 InProgress",
  ]);
  expect(progressLines(before, after)).toEqual([
    "host-1 (i-1) ApplicationStop Succeeded",
    "host-1 (i-1) Install Succeeded",
    "host-1 (i-1) ValidateService Succeeded",
    "host-1 (i-1) Succeeded",
    "d-1 Succeeded",
  ]);
  expect(progressLines(after, after)).toEqual([]);
});

test("a skipped host is one line", () => {
  const before = view("InProgress", [target(1, "Pending", [])]);
  const after = view("Failed", [target(1, "Skipped", ["Skipped", "Skipped", "Skipped"])]);
  expect(progressLines(before, after)).toEqual(["host-1 (i-1) Skipped", "d-1 Failed"]);
});

test("a screen has a line for each host, and counters", () => {
  const drawing = drawProgress(
    view("InProgress", [
      target(1, "Succeeded", ["Succeeded", "Succeeded", "Succeeded"]),
      target(2, "InProgress", ["Succeeded", "InProgress"]),
      target(3, "Pending", []),
    ]),
    { columns: 100, rows: 24, now: new Date(1500), colour: false },
  );
  expect(drawing).toEqual([
    "d-1  web/prod  InProgress  1.5 s",
    "  ✓ host-1 (i-1)  3/3  ValidateService Succeeded",
    "  ▸ host-2 (i-2)  1/3  Install InProgress",
    "  · host-3 (i-3)  0/3  waiting",
    "  1 succeeded, 0 failed, 1 running, 1 waiting of 3 hosts",
  ]);
});

test("a fleet larger than the screen shows the failed and the running hosts, and no line is wider than the screen", () => {
  const targets = Array.from({ length: 200 }, (_, index) =>
    index % 50 === 7
      ? target(index, "Failed", ["Failed"])
      : index % 50 === 9
        ? target(index, "InProgress", ["InProgress"])
        : target(index, "Pending", []),
  );
  const drawing = drawProgress(view("InProgress", targets), { columns: 30, rows: 10, now: new Date(0), colour: false });
  expect(drawing.length).toBeLessThanOrEqual(10);
  expect(drawing.every((line) => line.length <= 30)).toBe(true);
  expect(drawing.filter((line) => line.includes("✗"))).toHaveLength(4);
  expect(drawing.filter((line) => line.includes("▸"))).toHaveLength(1);
  expect(drawing).toContain("  … and 195 more");
});

test("a failure names host, event, script and the end of the log, and cannot steer the terminal", () => {
  const failed = view(
    "Failed",
    [target(1, "Failed", ["Succeeded", "Succeeded", "Failed"])],
    "HEALTH_CONSTRAINTS: too many failed. Log tail: 500",
  );
  expect(failureReport(failed)).toBe(
    [
      "d-1 Failed: HEALTH_CONSTRAINTS: too many failed.",
      "",
      "host-1 (i-1) failed in ValidateService",
      "  script: scripts/validate.sh",
      "  ScriptFailed: it exited with 1",
      "  log tail:",
      "    500",
      "    \\x1b[31moh",
    ].join("\n"),
  );
});

test("what the whole deployment waits for is said once in lines, and stays on the screen", () => {
  const ready = { ...view("Ready", []), wait: "the replacement hosts wait for their traffic: sluice continue d-1" };
  expect(progressLines(view("InProgress", []), ready)).toEqual([`${ready.id} Ready`, `${ready.id} ${ready.wait}`]);
  expect(progressLines(ready, ready)).toEqual([]);
  const screen = drawProgress(ready, { columns: 100, rows: 24, now: new Date(0), colour: false });
  expect(screen.at(-1)).toBe(`  ${ready.wait}`);
});
