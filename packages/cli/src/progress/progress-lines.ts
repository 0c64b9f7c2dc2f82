import { formatElapsed } from "@sluice/model/elapsed.ts";
import { isTrafficEvent, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { countHosts, visibleHost } from "../terminal/printing.ts";
import { type Change, changesBetween, type EventDuration } from "./changes.ts";
import type { DeploymentView, WaitView } from "./deployment-view.ts";
import { shiftWords, timeOf } from "./shift-words.ts";

/**
 * What is new in a deployment since it was last looked at, a line for each change: for pipes and log files.
 * @param before undefined at the first look
 */
export function progressLines(before: DeploymentView | undefined, after: DeploymentView): string[] {
  return changesBetween(before, after).map((change) => lineOf(after.id, change));
}

function lineOf(deploymentId: string, change: Change): string {
  const subject = "host" in change ? visibleHost(change.host, change.targetId) : deploymentId;
  return `${subject} ${wordsOf(change)}`;
}

function wordsOf(change: Change): string {
  switch (change.type) {
    case "deployment":
      return [`${change.application}/${change.group}`, ...(change.revision ? [change.revision] : [])].join(" ");
    case "hosts":
      return `on ${countHosts(change.count)}`;
    case "target":
      return `on ${change.name}`;
    case "shift":
      return shiftWords(change);
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
      return longestWords(change.events, change.isOfHosts);
  }
}

/** A time of day, since a line is read later. */
function untilWords({ until }: WaitView): string {
  return until === undefined ? "" : ` (until ${timeOf(until)} at most)`;
}

/** Hosts that are told by name; the others are counted. */
const MAX_HOSTS_TOLD = 10;

/** `host-1 has until 2026-11-28T11:26:12Z to finish AfterInstall`: what goes on of a deployment that was just stopped. */
export function stopLines({ targets, wait }: DeploymentView): readonly string[] {
  if (wait?.until === undefined) return [];
  const until = timeOf(wait.until);
  const lines = targets.flatMap((target) =>
    target.events
      // A traffic event ends with the stop.
      .filter(({ name, status }) => status === "InProgress" && !isTrafficEvent(name as LifecycleEventName))
      .map(({ name }) => `${visibleHost(target.name, target.id)} has until ${until} to finish ${name}`),
  );
  const more = lines.length - MAX_HOSTS_TOLD;
  return more > 0 ? [...lines.slice(0, MAX_HOSTS_TOLD), `${countHosts(more)} more until ${until}`] : lines;
}

/** `longest on any host: Install 1.2 s, ValidateService 12 s`, or of a service's one target `took: Install 1.2 s` */
export function longestWords(events: readonly EventDuration[], isOfHosts: boolean): string {
  return `${isOfHosts ? "longest on any host" : "took"}: ${events.map(({ event, seconds }) => `${event} ${formatElapsed(seconds * 1000)}`).join(", ")}`;
}
