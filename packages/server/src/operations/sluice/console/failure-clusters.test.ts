import type { LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import { hostEvent, hostTarget, lambdaTarget } from "@sluice/engine/target.fixture.ts";
import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { OutputLine } from "@sluice/model/log-lines/cause-line.ts";
import { describe, expect, it } from "vitest";
import { FailureClusters, failuresOf, MAX_SAMPLE_LINES, MAX_SAMPLED_CLUSTERS } from "./failure-clusters.ts";

const FAILED: Diagnostics = {
  errorCode: "ScriptFailed",
  scriptName: "start.sh",
  message: "Script at specified location: start.sh failed with exit code 1",
  logTail: "",
};

function failed(id: string, diagnostics: Partial<Diagnostics> = {}, event: Partial<LifecycleEventState> = {}) {
  const lifecycleEvents = [
    hostEvent("BeforeInstall", { status: "Succeeded" }),
    hostEvent("ApplicationStart", {
      status: "Failed",
      endedAt: 1_000,
      diagnostics: { ...FAILED, ...diagnostics },
      ...event,
    }),
    hostEvent("ValidateService", { status: "Skipped" }),
  ];
  return hostTarget(id, { status: "Failed", lifecycleEvents });
}

const stderr = (...texts: readonly string[]): OutputLine[] => texts.map((text) => ({ stream: "stderr", text }));

function clustersOf(targets: readonly TargetState[], stored: Readonly<Record<string, readonly OutputLine[]>> = {}) {
  const clusters = new FailureClusters();
  for (const failure of failuresOf(targets)) clusters.add(failure, stored[failure.targetId] ?? []);
  return clusters.list();
}

describe("what failed of its own", () => {
  it("is neither skipped, nor stopped, nor forgiven", () => {
    const forgiven = hostTarget("forgiven", {
      status: "Succeeded",
      lifecycleEvents: [hostEvent("ApplicationStop", { status: "Failed", diagnostics: FAILED })],
    });
    const unreported = hostTarget("unreported", {
      status: "Failed",
      lifecycleEvents: [hostEvent("AfterInstall", { status: "Unknown", diagnostics: FAILED })],
    });
    const stopped = failed("stopped", {
      errorCode: "UnknownError",
      message: "The deployment was stopped by an alarm while ApplicationStart was in progress on host stopped.",
    });
    const targets = [failed("web-1"), hostTarget("skipped", { status: "Skipped" }), forgiven, unreported, stopped];
    expect(failuresOf(targets).map(({ targetId }) => targetId)).toEqual(["web-1"]);
  });
});

describe("failures of which the logs say the same", () => {
  it("are one, of 37 hosts", () => {
    const targets = Array.from({ length: 37 }, (_, index) => failed(`web-${index}`));
    const stored = Object.fromEntries(
      targets.map(({ targetId }, index) => [
        targetId,
        stderr(`starting on ${targetId}`, `2026-11-30T01:58:0${index % 10}Z connect ECONNREFUSED 10.0.0.${index}:5432`),
      ]),
    );
    const clusters = clustersOf(targets, stored);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({
      line: "2026-11-30T01:58:00Z connect ECONNREFUSED 10.0.0.0:5432",
      lifecycleEvent: "ApplicationStart",
      errorCode: "ScriptFailed",
      scriptName: "start.sh",
      targetIds: targets.map(({ targetId }) => targetId),
      firstAt: new Date(1_000),
      sample: ["starting on web-0", "2026-11-30T01:58:00Z connect ECONNREFUSED 10.0.0.0:5432"],
    });
  });

  it("are told apart by their lines, events and codes", () => {
    const one = stderr("disk full: No space left on device");
    const clusters = clustersOf(
      [
        failed("a"),
        failed("b"),
        failed("c", {}, { name: "ValidateService" }),
        failed("d", { errorCode: "ScriptTimedOut" }),
        failed("e"),
      ],
      { a: one, b: stderr("Permission denied"), c: one, d: one, e: one },
    );
    expect(clusters.map(({ targetIds }) => targetIds)).toEqual([["a", "e"], ["b"], ["c"], ["d"]]);
  });
});

describe("the line", () => {
  it("is of the log's end that the agent sent, where nothing is stored", () => {
    const logTail =
      "LifecycleEvent - ApplicationStart\nScript - start.sh\n[stdout]hello\n[stderr]curl: (7) Connection refused\n";
    const [cluster] = clustersOf([failed("a", { logTail })]);
    expect(cluster).toMatchObject({
      line: "curl: (7) Connection refused",
      sample: ["hello", "curl: (7) Connection refused"],
    });
  });

  it("is never of what the OnFailure hook prints after it", () => {
    const agent = (text: string): OutputLine => ({ stream: "agent", text });
    const hook = [...stderr("ERROR: cannot tell the pager"), agent("OnFailure has ended.")];
    const whole = [
      ...stderr("no such table: orders"),
      agent("OnFailure runs, because ApplicationStart failed."),
      ...hook,
    ];
    for (const stored of [whole, hook]) {
      const [cluster] = clustersOf([failed("web-1", { logTail: "[stderr]no such table: orders\n" })], {
        "web-1": stored,
      });
      expect(cluster?.line).toContain("no such table: orders");
      expect(cluster?.sample.join()).not.toContain("pager");
    }
  });

  it("is the message, where no script says anything", () => {
    const [silent] = clustersOf([failed("a")]);
    expect(silent?.line).toBe(FAILED.message);
    const [missing] = clustersOf([failed("a", { errorCode: "ScriptMissing", message: "no start.sh" })], {
      a: stderr("error: of another script"),
    });
    expect(missing?.line).toBe("no start.sh");
    const [late] = clustersOf([failed("a", { errorCode: "ScriptTimedOut", message: "30 s are over" })], {
      a: stderr("waiting"),
    });
    expect(late).toMatchObject({ line: "30 s are over", sample: ["waiting"] });
  });

  it("is the hook's own word of a function", () => {
    const hook = lambdaTarget("f", {
      status: "Failed",
      lifecycleEvents: [
        hostEvent("BeforeAllowTraffic", {
          by: "hook",
          status: "Failed",
          diagnostics: {
            ...FAILED,
            logTail:
              "START RequestId: 1\nTypeError: x is not a function\n    at handler (/var/task/i.js:1)\nEND RequestId: 1",
          },
        }),
      ],
    });
    expect(clustersOf([hook])[0]?.line).toBe("TypeError: x is not a function");
  });
});

describe("the sample", () => {
  it("is bounded, and has the line in it", () => {
    const lines = stderr("fatal: here", ...Array.from({ length: 200 }, (_, index) => `step ${index}`));
    const [early] = clustersOf([failed("a")], { a: lines });
    expect(early?.sample).toHaveLength(MAX_SAMPLE_LINES);
    expect(early?.sample[0]).toBe("fatal: here");
    const [late] = clustersOf([failed("a")], { a: [...lines, ...stderr("Error: \u001b[31mthere\u001b[0m")] });
    expect(late?.sample).toHaveLength(MAX_SAMPLE_LINES);
    expect(late?.sample.at(-1)).toBe("Error: there");
  });

  it("is left out where every host fails in a way of its own", () => {
    const words = Array.from({ length: MAX_SAMPLED_CLUSTERS + 1 }, (_, index) => "x".repeat(index + 1));
    const targets = words.map((word) => failed(`host-${word.length}`));
    const clusters = clustersOf(
      targets,
      Object.fromEntries(words.map((word) => [`host-${word.length}`, stderr(`error: ${word}`)])),
    );
    expect(clusters).toHaveLength(MAX_SAMPLED_CLUSTERS + 1);
    expect(clusters.map(({ sample }) => sample.length)).toEqual([...words.slice(1).map(() => 1), 0]);
  });
});
