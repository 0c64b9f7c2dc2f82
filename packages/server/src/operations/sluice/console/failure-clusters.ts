import { isInterruption } from "@sluice/engine/interruption.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { targetName } from "@sluice/engine/target-name.ts";
import { ON_FAILURE, ON_FAILURE_BEGINS } from "@sluice/model/app-spec/hook-scripts.ts";
import { causeFirst } from "@sluice/model/aws-sentences.ts";
import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { truncate } from "@sluice/model/excerpt.ts";
import { causeLine, type OutputLine } from "@sluice/model/log-lines/cause-line.ts";
import { plainLine } from "@sluice/model/log-lines/plain-line.ts";
import { signatureOf } from "@sluice/model/log-lines/signature-of.ts";
import type { FailureCluster } from "@sluice/wire/sluice/console-api.ts";

/** Lines that a cluster quotes. */
export const MAX_SAMPLE_LINES = 20;
/** Clusters, the first ones, that quote lines: where every host fails in a way of its own, more would only be long. */
export const MAX_SAMPLED_CLUSTERS = 100;
/** Of a line that a cluster quotes. */
export const MAX_SAMPLE_LINE_CHARACTERS = 1_000;
/** Lines before the one that tells why. */
const LINES_BEFORE = 12;

/** An event that failed of its own, and not because something else did. */
export interface Failure {
  readonly targetId: string;
  readonly hostName: string;
  readonly lifecycleEvent: string;
  readonly byAgent: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly diagnostics: Diagnostics;
}

/** The first causes: of each target that failed the event that it failed in. Pure. */
export function failuresOf(targets: readonly TargetState[]): Failure[] {
  return targets.flatMap((target): Failure[] => {
    if (target.status !== "Failed") return [];
    // Earlier ones were forgiven.
    const event = target.lifecycleEvents.findLast(({ status }) => status === "Failed");
    if (!event?.diagnostics || isInterruption(event.diagnostics)) return [];
    return [
      {
        targetId: target.targetId,
        hostName: targetName(target),
        lifecycleEvent: event.name,
        byAgent: event.by === "agent",
        at: event.endedAt ?? target.updatedAt,
        diagnostics: event.diagnostics,
      },
    ];
  });
}

/** What a failure says of why. */
interface Cause {
  readonly line: string;
  readonly sample: readonly string[];
}

/** Failures that say the same together, the first one first. Built up a failure at a time, so that who has a thousand of them can let others work in between. */
export class FailureClusters {
  readonly #clusters = new Map<string, { failures: Failure[]; cause: Cause }>();

  /** In the order of time. @param stored what is kept of the event's output; empty: nothing */
  add(failure: Failure, stored: readonly OutputLine[]): void {
    const { lifecycleEvent, diagnostics, hostName, targetId } = failure;
    const ofEvent = withoutOnFailure(stored);
    const cause = causeOf(failure, ofEvent.length > 0 ? ofEvent : linesOfTail(diagnostics.logTail));
    // The longer of the two may contain the other one.
    const names = [hostName, targetId].sort((one, other) => other.length - one.length);
    const key = JSON.stringify([lifecycleEvent, diagnostics.errorCode, signatureOf(cause.line, names)]);
    const known = this.#clusters.get(key);
    if (known) known.failures.push(failure);
    else this.#clusters.set(key, { failures: [failure], cause });
  }

  list(): FailureCluster[] {
    return [...this.#clusters.values()].map(({ failures, cause }, index) => {
      const [first] = failures as [Failure];
      const { scriptName, errorCode } = first.diagnostics;
      return {
        line: cause.line,
        lifecycleEvent: first.lifecycleEvent,
        errorCode,
        ...(scriptName === "" ? {} : { scriptName }),
        targetIds: failures.map(({ targetId }) => targetId),
        hostNames: failures.map(({ hostName }) => hostName),
        firstAt: new Date(first.at),
        sample: index < MAX_SAMPLED_CLUSTERS ? cause.sample : [],
      };
    });
  }
}

/** What a script printed says more than the agent's words about its exit; of what is no script's failure, the message says it. */
function causeOf({ diagnostics: { errorCode, message }, byAgent }: Failure, lines: readonly OutputLine[]): Cause {
  const found = causeLine(lines);
  const isToldByOutput = found?.kind === "error" || (errorCode === "ScriptFailed" && byAgent);
  if (!found || !isToldByOutput || errorCode === "ScriptMissing" || errorCode === "ScriptNotExecutable") {
    return { line: quoted(causeFirst(message).cause), sample: sampleOf(lines, lines.length - 1) };
  }
  return { line: quoted(lines[found.index]?.text ?? ""), sample: sampleOf(lines, found.index) };
}

/** What the agent says of the OnFailure hook frames the hook's output, which comes after the failure and is none of its causes. */
function withoutOnFailure(lines: readonly OutputLine[]): readonly OutputLine[] {
  const isWord = ({ stream, text }: OutputLine) => stream === "agent" && text.startsWith(`${ON_FAILURE} `);
  const begin = lines.findIndex(isWord);
  if (begin === -1) return lines;
  // Where so much was printed that only its end is here, nothing is left of the event.
  return lines[begin]?.text.startsWith(ON_FAILURE_BEGINS) ? lines.slice(0, begin) : [];
}

/** With the line among them, and as much of the end as has room. */
function sampleOf(lines: readonly OutputLine[], index: number): string[] {
  const start = Math.max(Math.min(index - LINES_BEFORE, lines.length - MAX_SAMPLE_LINES), 0);
  return lines.slice(start, start + MAX_SAMPLE_LINES).map(({ text }) => quoted(text));
}

function quoted(text: string): string {
  return truncate(plainLine(text), MAX_SAMPLE_LINE_CHARACTERS);
}

/** `LifecycleEvent - X`, `Script - Y`, and `[stderr]…` as agents write their logs. What has no mark is the output of a hook. */
function linesOfTail(logTail: string): OutputLine[] {
  return logTail
    .split("\n")
    .filter((text) => text !== "" && !/^(?:LifecycleEvent|Script) - /.test(text))
    .map((text): OutputLine => ({ stream: text.startsWith("[stdout]") ? "stdout" : "stderr", text }));
}
