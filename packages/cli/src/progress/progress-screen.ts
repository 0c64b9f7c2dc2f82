import { formatElapsed } from "@sluice/model/elapsed.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import { countHosts, visibleHost } from "../terminal/printing.ts";
import { longestDurations } from "./changes.ts";
import {
  currentEvent,
  type DeploymentView,
  isOver,
  isTargetOver,
  isToHosts,
  type TargetView,
  type WaitView,
} from "./deployment-view.ts";
import { longestWords } from "./progress-lines.ts";
import { gateCommands, shiftWords, stepWords } from "./shift-words.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ScreenOptions extends ScreenSize {
  readonly now: Date;
  /** Whether to use colours. */
  readonly colour: boolean;
}

const INDENT = "  ";
/** Of a wait below its host. */
const DEEP_INDENT = "      ";
/** The line below the drawing, where the cursor stands. */
const PROMPT_ROWS = 1;
/** Below this a word that does not fit is cut, since wrapping would leave no room for hosts. */
const MIN_WRAP_COLUMNS = 40;
/** Below this the rows are needed for hosts. */
const ROWS_FOR_REVISION = 8;
/** Hosts that wait for the same reason say it once; further reasons are not worth a host's line. */
const MAX_WAITS_SHOWN = 3;

const COLOURS: Readonly<Record<string, string>> = {
  Succeeded: "32",
  Failed: "31",
  InProgress: "36",
  Ready: "36",
  Baking: "36",
  Skipped: "33",
  Stopped: "33",
};
const SIGNS: Readonly<Record<string, string>> = {
  Succeeded: "✓",
  Failed: "✗",
  InProgress: "▸",
  Skipped: "-",
  Pending: "·",
  Ready: "○",
};
/** What has to be seen first when not every host fits. */
const ORDER_WHEN_SHORT = ["Failed", "InProgress", "Ready", "Pending", "Skipped", "Succeeded"];

/** A deployment as the lines of a terminal, none wider than it and never more than fit. */
export function drawProgress(view: DeploymentView, options: ScreenOptions): string[] {
  const { columns, now } = options;
  const elapsed = formatElapsed((view.completedAt ?? now).getTime() - view.createdAt.getTime());
  const top = [
    { text: `${view.id}  ${view.application}/${view.group}  ${view.status}  ${elapsed}`, status: view.status },
    ...(view.revision === undefined || options.rows < ROWS_FOR_REVISION
      ? []
      : wrap(view.revision, columns, INDENT).map((text) => ({ text, status: "" }))),
  ];
  const waits = [
    ...(view.wait === undefined ? [] : wrap(waitWords(view.wait, now), columns, INDENT)),
    ...waitsOfTargets(view.targets).flatMap((wait) => wrap(waitWords(wait, now), columns, INDENT, DEEP_INDENT)),
  ];
  const shift = shiftLines(view, columns);
  const durations = isOver(view) ? longestDurations(view.targets) : [];
  const took =
    durations.length === 0 ? [] : wrap(longestWords(durations, isToHosts(view)), columns, INDENT, DEEP_INDENT);
  // Of a deployment that did not succeed they are in the report below the screen.
  const messages = isOver(view) && view.status !== "Succeeded" ? [] : view.statusMessages;
  const notes = messages.flatMap((message) => wrap(`note: ${message}`, columns, INDENT, DEEP_INDENT));
  const fixedRows = top.length + 1 + PROMPT_ROWS;
  const free = options.rows - fixedRows;
  // Failing hosts come before everything that is explained below them.
  const below = [...shift, ...waits, ...took, ...notes].slice(
    0,
    Math.max(0, free - Math.min(view.targets.length, Math.ceil(free / 2))),
  );
  const shown = chooseTargets(view.targets, Math.max(1, free - below.length));
  const left = view.targets.length - shown.length;
  const lines = [
    ...top,
    ...targetLines(shown, columns, now),
    ...(left > 0 ? [{ text: `${INDENT}… and ${left} more`, status: "" }] : []),
    { text: `${INDENT}${view.shift === undefined ? countersOf(view) : shiftWords(view.shift)}`, status: "" },
    ...below.map((text) => ({ text, status: "" })),
  ];
  const paint = (text: string, status: string): string =>
    options.colour && COLOURS[status] !== undefined ? `\u001b[${COLOURS[status]}m${text}\u001b[0m` : text;
  return lines
    .map(({ text, status }) => paint(cut(visibleLine(text), columns), status))
    .slice(0, options.rows - PROMPT_ROWS);
}

/** The steps of a shift, and how a person changes it. */
function shiftLines({ id, shift }: DeploymentView, columns: number): readonly string[] {
  if (shift === undefined) return [];
  return [stepWords(shift), gateCommands(shift, id)]
    .filter((words) => words !== "")
    .flatMap((words) => wrap(words, columns, INDENT, DEEP_INDENT));
}

interface Line {
  readonly text: string;
  readonly status: string;
}

/** With the hosts' ids where they fit, and with their names alone where that is shorter. */
function targetLines(targets: readonly TargetView[], columns: number, now: Date): readonly Line[] {
  const withIds = linesLabelled(targets, now, (target) => visibleHost(target.name, target.id));
  const fits = withIds.every(({ text }) => visibleLine(text).length <= columns);
  return fits ? withIds : linesLabelled(targets, now, ({ name }) => name);
}

function linesLabelled(
  targets: readonly TargetView[],
  now: Date,
  label: (target: TargetView) => string,
): readonly Line[] {
  const width = Math.max(0, ...targets.map((target) => label(target).length));
  const progress = targets.map(
    ({ events }) => `${events.filter(({ status }) => status === "Succeeded").length}/${events.length}`,
  );
  const progressWidth = Math.max(0, ...progress.map(({ length }) => length));
  return targets.map((target, index) => {
    const sign = SIGNS[target.status] ?? "·";
    const where = whereOf(target, now);
    return {
      text: `${INDENT}${sign} ${label(target).padEnd(width)}  ${progress[index]!.padEnd(progressWidth)}  ${where}`,
      status: target.status,
    };
  });
}

/** `Install InProgress  12 s`. A host that is skipped or has not begun is in no event. */
function whereOf(target: TargetView, now: Date): string {
  const event = currentEvent(target);
  if (event === undefined) return target.status;
  const took = event.startedAt && formatElapsed((event.endedAt ?? now).getTime() - event.startedAt.getTime());
  return `${event.name} ${event.status}${took === undefined ? "" : `  ${took}`}`;
}

/** What the hosts' events wait for, each reason once. */
function waitsOfTargets(targets: readonly TargetView[]): readonly (WaitView & { readonly subject: string })[] {
  const waits = new Map<string, WaitView & { readonly subject: string }>();
  for (const { name, events } of targets) {
    for (const { name: event, wait } of events) {
      if (wait === undefined || waits.has(wait.reason)) continue;
      waits.set(wait.reason, { ...wait, subject: `${name} ${event} is ` });
    }
  }
  return [...waits.values()].slice(0, MAX_WAITS_SHOWN);
}

/** `waiting for 2 min 05 s, at most 2 min 55 s more: …`. The time comes first: a command at the end of the reason stays one that can be copied. */
function waitWords(
  { reason, since, until, subject = "" }: WaitView & { readonly subject?: string },
  now: Date,
): string {
  const times = [
    ...(since === undefined ? [] : [`for ${formatElapsed(now.getTime() - since.getTime())}`]),
    ...(until === undefined ? [] : [`at most ${formatElapsed(until.getTime() - now.getTime())} more`]),
  ];
  if (times.length === 0 && subject === "") return reason;
  return `${subject}waiting${times.length === 0 ? "" : ` ${times.join(", ")}`}: ${reason}`;
}

/** Between words, so that a command or a cause is not cut off. */
export function wrap(text: string, columns: number, first: string, rest = first): readonly string[] {
  if (columns < MIN_WRAP_COLUMNS) return [`${first}${text}`];
  const lines: string[] = [];
  let line = first;
  for (const word of visibleLine(text).split(" ")) {
    const isEmpty = line.trim() === "";
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${rest}${word}`;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line];
}

function cut(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}

/** All of them, or, when they do not fit, as many as do with what went wrong first. */
function chooseTargets(targets: readonly TargetView[], rows: number): readonly TargetView[] {
  if (targets.length <= rows) return targets;
  const rank = ({ status }: TargetView) => {
    const index = ORDER_WHEN_SHORT.indexOf(status);
    return index === -1 ? ORDER_WHEN_SHORT.length : index;
  };
  // A line says how many are left out.
  return targets.toSorted((one, other) => rank(one) - rank(other)).slice(0, Math.max(1, rows - 1));
}

/** `3 succeeded, 1 failed, 1 in progress, 2 pending of 7 hosts` */
export function countersOf(view: DeploymentView): string {
  const count = (status: string): number => view.targets.filter((target) => target.status === status).length;
  const [first] = view.targets;
  // A service or a function is the only one.
  if (first !== undefined && first.kind !== "host") return `${first.kind} ${first.name}: ${first.status}`;
  const pending = view.targets.filter((target) => !isTargetOver(target) && target.status !== "InProgress").length;
  const parts = [`${count("Succeeded")} succeeded`, `${count("Failed")} failed`];
  if (count("Skipped") > 0) parts.push(`${count("Skipped")} skipped`);
  if (!isOver(view)) parts.push(`${count("InProgress")} in progress`, `${pending} pending`);
  return `${parts.join(", ")} of ${countHosts(view.targets.length)}`;
}
