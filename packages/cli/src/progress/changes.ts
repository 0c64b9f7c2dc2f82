import type { ShiftView } from "@sluice/wire/sluice/sluice-api.ts";
import {
  type DeploymentView,
  isOver,
  isTargetOver,
  isToHosts,
  type TargetView,
  type WaitView,
} from "./deployment-view.ts";

const SILENT_STATUSES = new Set(["Pending", "Skipped"]);

/** What is new in a deployment since it was last looked at. As JSON it is a line of `sluice watch --json`. */
export type Change =
  | {
      readonly type: "deployment";
      readonly application: string;
      readonly group: string;
      /** `s3://BUCKET/KEY`, `github:OWNER/NAME@COMMIT`; undefined: it deploys none. */
      readonly revision: string | undefined;
    }
  | { readonly type: "hosts"; readonly count: number }
  /** Of a deployment to a service or a function, which has one. */
  | { readonly type: "target"; readonly targetId: string; readonly name: string }
  | { readonly type: "note"; readonly message: string }
  | (OfHost & {
      readonly type: "event";
      readonly event: string;
      readonly status: string;
      /** How long it took; undefined while it goes on. */
      readonly seconds: number | undefined;
    })
  | (OfHost & { readonly type: "host"; readonly status: string })
  | { readonly type: "status"; readonly status: string }
  | ({ readonly type: "wait" } & WaitView)
  | (OfHost & { readonly type: "wait"; readonly event: string } & WaitView)
  | ({ readonly type: "shift" } & ShiftView)
  | { readonly type: "durations"; readonly events: readonly EventDuration[]; readonly isOfHosts: boolean };

interface OfHost {
  readonly targetId: string;
  /** The host's name, and in a blue/green deployment its fleet. */
  readonly host: string;
}

/** The longest that an event took on any host. */
export interface EventDuration {
  readonly event: string;
  readonly seconds: number;
  readonly host: string;
}

/** @param before undefined at the first look */
export function changesBetween(before: DeploymentView | undefined, after: DeploymentView): readonly Change[] {
  const changes: Change[] = [];
  if (before === undefined) {
    const { application, group, revision } = after;
    changes.push({ type: "deployment", application, group, revision });
  }
  if (after.targets.length !== (before?.targets.length ?? 0)) changes.push(targetsOf(after));
  if (after.shift !== undefined && hasMoved(before?.shift, after.shift)) {
    changes.push({ type: "shift", ...after.shift });
  }
  for (const message of after.statusMessages) {
    if (!before?.statusMessages.includes(message)) changes.push({ type: "note", message });
  }
  const known = new Map(before?.targets.map((target) => [target.id, target]));
  for (const target of after.targets) changes.push(...changesOfTarget(known.get(target.id), target));
  if (after.wait !== undefined && after.wait.reason !== before?.wait?.reason) {
    changes.push({ type: "wait", ...after.wait });
  }
  if (isOver(after) && !(before && isOver(before))) {
    const events = longestDurations(after.targets);
    if (events.length > 0) changes.push({ type: "durations", events, isOfHosts: isToHosts(after) });
  }
  // Last, so that the last line of all says how it ended.
  if (after.status !== before?.status) changes.push({ type: "status", status: after.status });
  return changes;
}

function targetsOf({ targets }: DeploymentView): Change {
  const [first] = targets;
  if (first === undefined || first.kind === "host") return { type: "hosts", count: targets.length };
  return { type: "target", targetId: first.id, name: first.name };
}

/** What comes, and when, follows from what was; it changes with the clock alone. */
function hasMoved(before: ShiftView | undefined, after: ShiftView): boolean {
  if (before === undefined) return after.percent > 0 || after.isOpen || after.askedPercent !== undefined;
  return (
    after.percent !== before.percent ||
    after.askedPercent !== before.askedPercent ||
    after.pausedSince?.getTime() !== before.pausedSince?.getTime()
  );
}

function changesOfTarget(before: TargetView | undefined, after: TargetView): readonly Change[] {
  const changes: Change[] = [];
  const host = { targetId: after.id, host: after.name };
  for (const [index, event] of after.events.entries()) {
    const previous = before?.events[index];
    // A host that is skipped is one line, not one for each event that it does not have.
    if (event.status !== (previous?.status ?? "Pending") && !SILENT_STATUSES.has(event.status)) {
      changes.push({
        type: "event",
        ...host,
        event: event.name,
        status: event.status,
        seconds: durationOf(event),
      });
    }
    if (event.wait !== undefined && event.wait.reason !== previous?.wait?.reason) {
      changes.push({ type: "wait", ...host, event: event.name, ...event.wait });
    }
  }
  if (isTargetOver(after) && after.status !== before?.status) {
    changes.push({ type: "host", ...host, status: after.status });
  }
  return changes;
}

/** In seconds; undefined while it goes on, and of an event that did not begin. */
function durationOf({ startedAt, endedAt }: TargetView["events"][number]): number | undefined {
  return startedAt && endedAt && (endedAt.getTime() - startedAt.getTime()) / 1000;
}

/** In the order of the events; without those that no host ran. */
export function longestDurations(targets: readonly TargetView[]): readonly EventDuration[] {
  const longest = new Map<string, EventDuration>();
  for (const target of targets) {
    for (const event of target.events) {
      const seconds = durationOf(event);
      if (seconds === undefined) continue;
      const known = longest.get(event.name);
      if (known === undefined || seconds > known.seconds) {
        longest.set(event.name, { event: event.name, seconds, host: target.name });
      }
    }
  }
  return [...longest.values()];
}
