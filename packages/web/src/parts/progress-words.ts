import type { DeploymentSummary, TargetCounts } from "@sluice/wire/sluice/console-api.ts";
import type { ProgressPart } from "../design/progress-bar.tsx";

export interface DeploymentProgress {
  readonly parts: readonly ProgressPart[];
  readonly noun: string;
  /** `12 of 200 hosts, 3 failed`; `25 % of the traffic`. */
  readonly words: string;
}

/** How far a deployment is: by its hosts, or by the traffic that has moved. */
export function deploymentProgress(deployment: DeploymentSummary): DeploymentProgress {
  const { computePlatform, targets, shiftPercent, completedAt } = deployment;
  if (computePlatform !== "Server" && shiftPercent !== undefined) {
    const parts = [
      { status: "Succeeded", count: shiftPercent },
      { status: "Pending", count: 100 - shiftPercent },
    ];
    return { parts, noun: "percent of the traffic", words: `${shiftPercent} % of the traffic` };
  }
  const noun = computePlatform === "Server" ? "hosts" : "targets";
  return { parts: partsOf(targets), noun, words: wordsOf(targets, noun, completedAt !== undefined) };
}

/** In the order of a bar: what is done stands first. */
function partsOf(targets: TargetCounts): readonly ProgressPart[] {
  return [
    { status: "Succeeded", count: targets.succeeded },
    { status: "Ready", count: targets.ready },
    { status: "Failed", count: targets.failed },
    { status: "InProgress", count: targets.inProgress },
    { status: "Skipped", count: targets.skipped },
    { status: "Pending", count: targets.pending },
  ];
}

function wordsOf(targets: TargetCounts, noun: string, isOver: boolean): string {
  const all = Object.values(targets).reduce((sum, count) => sum + count, 0);
  if (all === 0) return isOver ? `Ended before any ${one(noun)} was touched` : `Finding the ${noun}`;
  const failed = targets.failed > 0 ? `, ${targets.failed} failed` : "";
  const ready = targets.ready > 0 ? `, ${targets.ready} ready` : "";
  return `${targets.succeeded} of ${all} ${all === 1 ? one(noun) : noun}${ready}${failed}`;
}

function one(noun: string): string {
  return noun.replace(/s$/, "");
}
