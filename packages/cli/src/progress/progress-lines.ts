import { countHosts, formatElapsed, hostLabel } from "../printing.ts";
import { type Change, changesBetween, type EventDuration } from "./changes.ts";
import type { DeploymentView, WaitView } from "./deployment-view.ts";

/**
 * What is new in a deployment since it was last looked at, a line for each change: for pipes and log files.
 * @param before undefined at the first look
 */
export function progressLines(before: DeploymentView | undefined, after: DeploymentView): string[] {
  return changesBetween(before, after).map((change) => lineOf(after.id, change));
}

function lineOf(deploymentId: string, change: Change): string {
  const subject = "targetId" in change ? hostLabel(change.host, change.targetId) : deploymentId;
  return `${subject} ${wordsOf(change)}`;
}

function wordsOf(change: Change): string {
  switch (change.type) {
    case "deployment":
      return [`${change.application}/${change.group}`, ...(change.revision ? [change.revision] : [])].join(" ");
    case "hosts":
      return `on ${countHosts(change.count)}`;
    case "note":
      return `note: ${change.message}`;
    case "event":
      return `${change.event} ${change.status}${change.seconds === undefined ? "" : ` (${formatElapsed(change.seconds * 1000)})`}`;
    case "host":
    case "status":
      return change.status;
    case "wait":
      return `${"event" in change ? `${change.event} is waiting: ` : ""}${change.reason}${untilWords(change)}`;
    case "durations":
      return longestWords(change.events);
  }
}

/** A time of day, since a line is read later. */
function untilWords({ until }: WaitView): string {
  return until === undefined ? "" : ` (until ${until.toISOString().replace(/\.\d+Z$/, "Z")} at most)`;
}

/** `longest on any host: Install 1.2 s, ValidateService 12 s` */
export function longestWords(events: readonly EventDuration[]): string {
  return `longest on any host: ${events.map(({ event, seconds }) => `${event} ${formatElapsed(seconds * 1000)}`).join(", ")}`;
}
