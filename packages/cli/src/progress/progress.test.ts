import { HEALTH_CONSTRAINTS, NO_INSTANCES } from "@sluice/model/aws-sentences.ts";
import { expect, test } from "vitest";
import { type DeploymentView, inNaturalOrder, type TargetView } from "./deployment-view.ts";
import { failureReport } from "./failure-report.ts";
import { progressLines, stopLines } from "./progress-lines.ts";
import { drawProgress } from "./progress-screen.ts";

const EVENTS = ["ApplicationStop", "Install", "ValidateService"];

/** A target whose events have the given statuses, in order; the rest are pending. */
function target(number: number, status: string, statuses: readonly string[]): TargetView {
  return {
    id: `i-${number}`,
    kind: "host",
    name: `host-${number}`,
    status,
    events: EVENTS.map((name, index) => ({
      name,
      status: statuses[index] ?? "Pending",
      startedAt: undefined,
      endedAt: undefined,
      wait: undefined,
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
    revision: undefined,
    wait: undefined,
    rollback: undefined,
    targets,
    shift: undefined,
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
    "  · host-3 (i-3)  0/3  Pending",
    "  1 succeeded, 0 failed, 1 in progress, 1 pending of 3 hosts",
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
  expect(drawing.filter((line) => line.includes("▸"))).toHaveLength(2);
  expect(drawing).toContain("  … and 194 more");
});

test("a failure opens with the host that failed first, tells AWS's sentence after it, and ends with the next command", () => {
  const ended = (number: number, at: number): TargetView => {
    const failed = target(number, "Failed", ["Succeeded", "Succeeded", "Failed"]);
    return { ...failed, events: failed.events.map((event) => ({ ...event, endedAt: new Date(at) })) };
  };
  const failed = view(
    "Failed",
    [ended(2, 2_000), ended(1, 1_000)],
    `HEALTH_CONSTRAINTS: ${HEALTH_CONSTRAINTS} 2 of 2 hosts failed. First failure: host host-1 at ValidateService: it exited with 1 Log tail: 500`,
  );
  const hostLines = (number: number) => [
    `host-${number} (i-${number}) failed in ValidateService`,
    "  script: scripts/validate.sh",
    "  ScriptFailed: it exited with 1",
    "  log tail:",
    "    500",
    // It cannot steer the terminal.
    "    \\x1b[31moh",
    "",
  ];
  expect(failureReport(failed, { commandOptions: " --data .sluice/up" }).split("\n")).toEqual([
    ...hostLines(1),
    ...hostLines(2),
    "d-1 Failed: HEALTH_CONSTRAINTS: 2 of 2 hosts failed.",
    `  ${HEALTH_CONSTRAINTS}`,
    "",
    "Next: sluice logs d-1 --host i-1 --data .sluice/up",
  ]);
});

test.each([
  [
    `NO_INSTANCES: ${NO_INSTANCES} No host carries the tags.`,
    "NO_INSTANCES: No host carries the tags.",
    "sluice hosts list",
  ],
  ["MANUAL_STOP: it was stopped.", "MANUAL_STOP: it was stopped.", "sluice rollback --application web --group prod"],
  ["REVISION_MISSING: no bundle.", "REVISION_MISSING: no bundle.", "sluice plan --application web --group prod"],
])("a failure without a failed host opens with the deployment's own cause: %s", (error, cause, next) => {
  const lines = failureReport(view("Failed", [], error)).split("\n");
  expect(lines[0]).toBe(`d-1 Failed: ${cause}`);
  expect(lines.at(-1)).toBe(`Next: ${next}`);
});

test("a failure tells the deployment's own messages, which often say why", () => {
  const failed = { ...view("Failed", [], "HEALTH_CONSTRAINTS: no"), statusMessages: ["appspec.yml line 4: …"] };
  expect(failureReport(failed)).toContain("\n\nnote: appspec.yml line 4: …\n\nNext: ");
});

test("a failure is wrapped between words at the terminal's width; logs and commands are not", () => {
  const one = target(1, "Failed", ["Failed"]);
  const log = `GET /health ${"answered 500 ".repeat(10)}end`;
  const targets = [
    {
      ...one,
      events: one.events.map((event) => ({
        ...event,
        failure: event.failure && { ...event.failure, message: "word ".repeat(30).trim(), logTail: log },
      })),
    },
  ];
  const failed = { ...view("Failed", targets, "HEALTH_CONSTRAINTS: no"), statusMessages: ["note ".repeat(30).trim()] };
  const command = ` --data ${"long/".repeat(20)}`;
  const whole = failureReport(failed, { commandOptions: command });
  const lines = failureReport(failed, { commandOptions: command, columns: 60 }).split("\n");
  const wide = lines.filter((line) => line.length > 60);
  expect(wide).toEqual([`    ${log}`, `Next: sluice logs d-1 --host i-1${command}`]);
  const words = (text: string) => text.split(/\s+/);
  expect(words(lines.join("\n"))).toEqual(words(whole));
  expect(lines).toContain(`    ${"word ".repeat(11).trim()}`);
});

test("hosts come in the order in which people count, each fleet by itself", () => {
  const targets = [10, 1, 11, 2].map((number) => target(number, "Pending", []));
  const names = (fleetOf: (id: string) => string | undefined) =>
    inNaturalOrder(targets, fleetOf).map(({ name }) => name);
  expect(names(() => undefined)).toEqual(["host-1", "host-2", "host-10", "host-11"]);
  expect(names((id) => (id === "i-1" || id === "i-11" ? "Green" : "Blue"))).toEqual([
    "host-2",
    "host-10",
    "host-1",
    "host-11",
  ]);
});

test("a host of which nobody knows how its event ended is not said to have failed in it", () => {
  const unknown = target(1, "Failed", ["Succeeded", "Unknown"]);
  expect(failureReport(view("Stopped", [unknown], "MANUAL_STOP: stopped")).split("\n")[0]).toBe(
    "host-1 (i-1) did not report the result of Install",
  );
});

test("what the whole deployment waits for is said once in lines, and stays on the screen", () => {
  const wait = { reason: "the replacement hosts are ready: sluice continue d-1", since: undefined, until: undefined };
  const ready = { ...view("Ready", []), wait };
  expect(progressLines(view("InProgress", []), ready)).toEqual([`d-1 ${wait.reason}`, "d-1 Ready"]);
  expect(progressLines(ready, ready)).toEqual([]);
  const screen = drawProgress(ready, { columns: 100, rows: 24, now: new Date(0), colour: false });
  expect(screen.at(-1)).toBe(`  ${wait.reason}`);
});

const timed = (number: number, status: string, tookSeconds: readonly number[]): TargetView => {
  let at = 0;
  const made = target(
    number,
    status,
    tookSeconds.map((_, index) => (status === "InProgress" && index === tookSeconds.length - 1 ? status : "Succeeded")),
  );
  const events = made.events.map((event, index) => {
    const seconds = tookSeconds[index];
    if (seconds === undefined) return event;
    const startedAt = new Date(at * 1000);
    at += seconds;
    return { ...event, startedAt, endedAt: event.status === "InProgress" ? undefined : new Date(at * 1000) };
  });
  return { ...made, events };
};

test("each step has its time: the running one counts, a finished one keeps it, and the longest of all hosts comes last", () => {
  const before = view("InProgress", [timed(1, "InProgress", [1, 2])]);
  const drawing = drawProgress(before, { columns: 100, rows: 24, now: new Date(13_000), colour: false });
  expect(drawing[1]).toBe("  ▸ host-1 (i-1)  1/3  Install InProgress  12 s");
  const after = view("Succeeded", [timed(1, "Succeeded", [1, 2, 3]), timed(2, "Succeeded", [0.5, 14, 1])]);
  const longest = "longest on any host: ApplicationStop 1.0 s, Install 14 s, ValidateService 3.0 s";
  expect(progressLines(before, after)).toEqual([
    "d-1 on 2 hosts",
    "host-1 (i-1) Install Succeeded (2.0 s)",
    "host-1 (i-1) ValidateService Succeeded (3.0 s)",
    "host-1 (i-1) Succeeded",
    "host-2 (i-2) ApplicationStop Succeeded (0.5 s)",
    "host-2 (i-2) Install Succeeded (14 s)",
    "host-2 (i-2) ValidateService Succeeded (1.0 s)",
    "host-2 (i-2) Succeeded",
    `d-1 ${longest}`,
    "d-1 Succeeded",
  ]);
  expect(drawProgress(after, { columns: 100, rows: 24, now: new Date(0), colour: false })).toContain(`  ${longest}`);
});

test("a traffic event says why it waits, since when and until when, and the screen counts down", () => {
  const reason = "target group web: 10.0.0.1:80 is L4CON (connection refused)";
  const wait = { reason, since: new Date(5_000), until: new Date(305_000) };
  const blocked = target(1, "InProgress", ["Succeeded", "InProgress"]);
  const events = blocked.events.map((event) => (event.name === "Install" ? { ...event, wait } : event));
  const waiting = view("InProgress", [
    { ...blocked, events },
    { ...blocked, id: "i-2", name: "host-2", events },
  ]);
  expect(progressLines(view("InProgress", [blocked, { ...blocked, id: "i-2" }]), waiting)).toEqual([
    `host-1 (i-1) Install is waiting: ${reason} (until 1970-01-01T00:05:05Z at most)`,
    `host-2 (i-2) Install is waiting: ${reason} (until 1970-01-01T00:05:05Z at most)`,
  ]);
  const screen = drawProgress(waiting, { columns: 200, rows: 24, now: new Date(65_000), colour: false });
  const words = `host-1 Install is waiting for 1 min 00 s, at most 4 min 00 s more: ${reason}`;
  expect(screen.filter((line) => line.includes("is waiting"))).toEqual([`  ${words}`]);
});

test("nothing that a person needs is cut off at 110 columns, or at 60", () => {
  const revision = `s3://sluice-revisions/${"a-long-application-name/".repeat(3)}web-0123456789abcdef.tgz`;
  const wait = {
    reason:
      "the original hosts are kept. To roll back to them: sluice stop d-A1B2C3D4E --rollback. To end this wait now: sluice continue d-A1B2C3D4E --termination",
    since: undefined,
    until: undefined,
  };
  const long = view("InProgress", [target(1, "InProgress", ["Succeeded", "InProgress"])]);
  const targets = long.targets.map((one) => ({
    ...one,
    id: "i-95033607aebfe797c",
    name: "web-frontend-01.example Green",
  }));
  for (const columns of [110, 60]) {
    const drawing = drawProgress(
      {
        ...long,
        targets,
        revision,
        wait,
        statusMessages: ["the hook AfterInstal is no lifecycle event, and nothing runs it"],
      },
      { columns, rows: 40, now: new Date(0), colour: false },
    );
    const text = drawing.map((line) => line.trim()).join(" ");
    expect(drawing.every((line) => line.length <= columns || line.includes(revision))).toBe(true);
    expect(text).toContain(wait.reason);
    expect(text).toContain("note: the hook AfterInstal is no lifecycle event, and nothing runs it");
    expect(text).toContain("web-frontend-01.example Green");
  }
});

test.each([5, 8, 12])(
  "a terminal of %i rows shows the failing hosts first, and never more lines than it has",
  (rows) => {
    const targets = [
      ...Array.from({ length: 20 }, (_, index) => target(index, "Succeeded", ["Succeeded", "Succeeded", "Succeeded"])),
      target(20, "InProgress", ["InProgress"]),
      target(21, "Failed", ["Failed"]),
    ];
    const wait = { reason: "word ".repeat(60).trim(), since: undefined, until: undefined };
    const options = { columns: 80, rows, now: new Date(0), colour: false };
    const drawing = drawProgress({ ...view("InProgress", targets), wait, revision: "s3://b/k" }, options);
    expect(drawing.length).toBeLessThan(rows);
    expect(drawing.find((line) => line.includes("host-"))).toContain("✗ host-21");
  },
);

test("a skipped host is Skipped, and counted as that alone", () => {
  const skipped = view("InProgress", [
    target(1, "Skipped", ["Skipped", "Skipped", "Skipped"]),
    target(2, "Pending", []),
  ]);
  const drawing = drawProgress(skipped, { columns: 80, rows: 24, now: new Date(0), colour: false });
  expect(drawing).toEqual([
    "d-1  web/prod  InProgress  0.0 s",
    "  - host-1 (i-1)  0/3  Skipped",
    "  · host-2 (i-2)  0/3  Pending",
    "  0 succeeded, 0 failed, 1 skipped, 0 in progress, 1 pending of 2 hosts",
  ]);
});

test("on the screen a wait ends with its command, and the time comes before it", () => {
  const reason = "the replacement hosts are ready. To move the traffic to them: sluice continue d-1";
  const ready = { ...view("Ready", []), wait: { reason, since: new Date(0), until: new Date(1_800_000) } };
  const drawing = drawProgress(ready, { columns: 200, rows: 24, now: new Date(7_000), colour: false });
  expect(drawing.at(-1)).toBe(`  waiting for 7.0 s, at most 29 min 53 s more: ${reason}`);
});

test("a deployment that failed has its notes in its report, and not on the screen as well", () => {
  const draw = (status: string) =>
    drawProgress(
      { ...view(status, []), statusMessages: ["appspec.yml line 4: …"] },
      { columns: 80, rows: 24, now: new Date(0), colour: false },
    ).join("\n");
  expect(draw("Failed")).not.toContain("note:");
  expect(draw("InProgress")).toContain("note: appspec.yml line 4: …");
  expect(draw("Succeeded")).toContain("note: appspec.yml line 4: …");
});

test("of a stopped deployment it is told which host has how long to finish what", () => {
  const wait = { reason: "a stop was requested", since: undefined, until: new Date(60_000) };
  const stopped = view("InProgress", [target(1, "InProgress", ["Succeeded", "InProgress"]), target(2, "Pending", [])]);
  expect(stopLines({ ...stopped, wait })).toEqual(["host-1 (i-1) has until 1970-01-01T00:01:00Z to finish Install"]);
  expect(stopLines(stopped)).toEqual([]);
  const many = Array.from({ length: 12 }, (_, index) => target(index, "InProgress", ["InProgress"]));
  expect(stopLines({ ...stopped, targets: many, wait }).slice(9)).toEqual([
    "host-9 (i-9) has until 1970-01-01T00:01:00Z to finish ApplicationStop",
    "2 hosts more until 1970-01-01T00:01:00Z",
  ]);
});
