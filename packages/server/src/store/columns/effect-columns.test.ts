import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { describe, expect, it } from "vitest";
import { readOutcome, readProgress, readReport } from "./effect-columns.ts";
import type { EffectKind } from "./effect-records.ts";

const stored = (value: unknown) => JSON.stringify(value) as unknown as Json<never>;
const row = (kind: EffectKind, outcome: unknown, progress: unknown) => ({
  effect_key: "d-1/x",
  kind,
  outcome_json: outcome === null ? null : stored(outcome),
  progress_json: progress === null ? null : stored(progress),
});
const TERMINATED = { terminated: ["i-1"], kept: [] };

describe("what the planner is told of an effect", () => {
  it.each<[string, ReturnType<typeof row>, object | undefined]>([
    ["nothing before anybody was asked", row("routeTraffic", null, null), undefined],
    // As a server wrote it before reports were looked up by their key.
    [
      "what a balancer said last",
      row("routeTraffic", null, { event: "BlockTraffic", attempt: 1, outcome: "pending", detail: "3 sessions" }),
      { outcome: "pending", detail: "3 sessions" },
    ],
    [
      "how it ended, whatever was said before",
      row("setWeights", { outcome: "done", detail: "" }, { outcome: "pending", detail: "x" }),
      { outcome: "done", detail: "" },
    ],
    ["nothing of one that is wanted no longer", row("routeTraffic", { outcome: "superseded" }, null), undefined],
    [
      "what became of the hosts, in the end",
      row("terminateOriginals", TERMINATED, TERMINATED),
      { outcome: "done", detail: "", termination: TERMINATED },
    ],
    ["nothing of a termination under way", row("terminateOriginals", null, TERMINATED), undefined],
    [
      "nothing of targets that are looked for",
      row("resolveTargets", { outcome: "resolved", candidates: [] }, null),
      undefined,
    ],
  ])("%s", (_, effect, report) => {
    if (report) expect(readReport(effect)).toMatchObject(report);
    else expect(readReport(effect)).toBeUndefined();
  });
});

describe("what is written of an effect, and cannot be read", () => {
  it.each<[() => unknown, string]>([
    [
      () => readReport(row("routeTraffic", { outcome: "done" }, null)),
      "effects.outcome_json of d-1/x cannot be read: it has no detail",
    ],
    [
      () => readOutcome("resolveTargets", { effect_key: "d-1/x", outcome_json: stored({ outcome: "resolved" }) }),
      "effects.outcome_json of d-1/x cannot be read: it has no candidates",
    ],
    [
      () => readProgress("terminateOriginals", { effect_key: "d-1/x", progress_json: stored({ terminated: [] }) }),
      "effects.progress_json of d-1/x cannot be read: it has no kept",
    ],
    [
      () => readReport(row("moveHosts" as EffectKind, {}, null)),
      "effects of kind moveHosts are not known to this version",
    ],
  ])("is refused by its place", (read, message) => {
    expect(read).toThrow(new UnreadableColumn(message));
  });
});
