import type { DeploymentNote, DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import type { StreamEvent } from "../grid/apply-events.ts";
import type { GridRow } from "../grid/grid-row.ts";
import { batchesOf } from "./batches.ts";
import { eventEntry } from "./event-entry.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

export interface TimelineParts {
  readonly deployment: DeploymentSummary;
  readonly notes: readonly DeploymentNote[];
  /** The deployment's own, the oldest first. */
  readonly events: readonly StreamEvent[];
  readonly rows: readonly GridRow[];
}

/** What happened, the oldest first. */
export function timelineOf({ deployment, notes, events, rows }: TimelineParts): readonly TimelineEntry[] {
  const told = toldOnce(events.flatMap((event) => eventEntry(event) ?? []));
  const entries: TimelineEntry[] = [
    created(deployment),
    ...told,
    ...notes.map(noteEntry),
    ...batchEntries(rows),
    ...failureEntries(rows),
    ...endEntry(deployment, told),
  ];
  // Of what happened in the same moment the order above holds: the sort is stable.
  return entries.sort((one, other) => one.at.getTime() - other.at.getTime());
}

function created({ createdAt, creator, createdBy, description, rollbackOf }: DeploymentSummary): TimelineEntry {
  const title = rollbackOf === undefined ? `Created by ${createdBy ?? creator}` : `Created to roll back ${rollbackOf}`;
  return { key: "created", at: createdAt, kind: "start", tone: "neutral", title, detail: description || undefined };
}

const NOTE_TITLES: Readonly<Record<string, string>> = {
  create: "Created",
  next: "Next step asked for",
  finish: "Finish asked for",
  pause: "Paused",
  resume: "Resumed",
  continue: "Traffic let through",
  "skip-wait": "Wait skipped",
  stop: "Stop asked for",
  "stop-and-roll-back": "Stop and rollback asked for",
  "roll-back": "Rollback asked for",
};

function noteEntry({ at, action, reason, accessKeyId }: DeploymentNote, place: number): TimelineEntry {
  const title = NOTE_TITLES[action] ?? action;
  return { key: `note-${place + 1}`, at, kind: "person", tone: "attention", title, detail: reason, accessKeyId };
}

function batchEntries(rows: readonly GridRow[]): readonly TimelineEntry[] {
  const hosts = rows.filter(({ type }) => type === "host");
  return batchesOf(hosts).map(({ at, rows: began }, place) => ({
    key: `batch-${place + 1}`,
    at,
    kind: "batch",
    tone: "progress",
    title: began.length === 1 ? `${began[0]!.hostName} began` : `${began.length} hosts began`,
    targets: began.map(({ targetId, hostName }) => ({ targetId, hostName })),
  }));
}

/** The first failure is where one looks; those that follow it in the same event within a moment stand in the same entry. */
const FAILED_TOGETHER_MILLISECONDS = 5_000;

function failureEntries(rows: readonly GridRow[]): readonly TimelineEntry[] {
  const failures = rows
    .flatMap(({ targetId, hostName, events }) =>
      events.flatMap(({ name, status, endedAt, errorCode, scriptName }) =>
        status === "Failed" && endedAt !== undefined
          ? [{ at: endedAt, target: { targetId, hostName, event: name }, what: errorCode, scriptName }]
          : [],
      ),
    )
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  const groups: (typeof failures)[] = [];
  for (const failure of failures) {
    const last = groups.at(-1);
    const first = last?.[0];
    const isSame =
      first !== undefined &&
      first.target.event === failure.target.event &&
      failure.at.getTime() - first.at.getTime() <= FAILED_TOGETHER_MILLISECONDS;
    if (isSame) last?.push(failure);
    else groups.push([failure]);
  }
  return groups.map((group, place) => {
    const [{ at, target, what, scriptName }] = group as [(typeof failures)[number]];
    const who = group.length === 1 ? `on ${target.hostName}` : `on ${group.length} hosts`;
    return {
      key: `failure-${place + 1}`,
      at,
      kind: "trouble",
      tone: "danger",
      title: `${target.event} failed ${who}`,
      detail: [what, scriptName && `in ${scriptName}`].filter(Boolean).join(" ") || undefined,
      targets: group.map((failure) => failure.target),
    };
  });
}

/** Where the event of its end is not among those that were read. */
function endEntry(
  { status, completedAt, errorCode, errorMessage }: DeploymentSummary,
  told: readonly TimelineEntry[],
): readonly TimelineEntry[] {
  if (completedAt === undefined || told.some(({ kind }) => kind === "end")) return [];
  const detail = [errorCode, errorMessage].filter(Boolean).join(": ") || undefined;
  const tone = status === "Succeeded" ? "success" : status === "Failed" ? "danger" : "warning";
  return [{ key: "end", at: completedAt, kind: "end", tone, title: status, detail }];
}

/** Why no further host begins is what the deployment then fails with: it is told where it came up. */
function toldOnce(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const seen = new Set<string>();
  return entries.map(({ detail, ...entry }) => {
    if (detail === undefined || seen.has(detail)) return entry;
    seen.add(detail);
    return { ...entry, detail };
  });
}
