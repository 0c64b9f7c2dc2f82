import { visibleLine } from "@sluice/model/visible-text.ts";
import { countHosts, formatElapsed, hostLabel } from "../printing.ts";
import { currentEvent, type DeploymentView, isOver, isTargetOver, type TargetView } from "./deployment-view.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ScreenOptions extends ScreenSize {
  readonly now: Date;
  /** Whether to use colours. */
  readonly colour: boolean;
}

/** Lines of the screen that are not for hosts: heading, counters, what is left out, and the prompt below. */
const OTHER_ROWS = 5;

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

/** A deployment as the lines of a terminal, none wider than it and never more than fit. */
export function drawProgress(view: DeploymentView, options: ScreenOptions): string[] {
  const elapsed = formatElapsed((view.completedAt ?? options.now).getTime() - view.createdAt.getTime());
  const heading = `${view.id}  ${view.application}/${view.group}  ${view.status}  ${elapsed}`;
  const wait = view.wait === undefined ? [] : [`  ${view.wait}`];
  const shown = chooseTargets(view.targets, Math.max(1, options.rows - OTHER_ROWS - wait.length));
  const nameWidth = Math.max(0, ...shown.map((target) => hostLabel(target.name, target.id).length));
  const left = view.targets.length - shown.length;
  const fit = (text: string): string => {
    const line = visibleLine(text);
    return line.length > options.columns ? `${line.slice(0, options.columns - 1)}…` : line;
  };
  const paint = (text: string, status: string): string =>
    options.colour && COLOURS[status] !== undefined ? `\u001b[${COLOURS[status]}m${text}\u001b[0m` : text;
  return [
    paint(fit(heading), view.status),
    ...shown.map((target) => paint(fit(targetLine(target, nameWidth)), target.status)),
    ...(left > 0 ? [fit(`  … and ${left} more`)] : []),
    fit(countersOf(view)),
    ...wait.map(fit),
  ];
}

function targetLine(target: TargetView, nameWidth: number): string {
  const event = currentEvent(target);
  const done = target.events.filter(({ status }) => status === "Succeeded").length;
  const where = event === undefined ? "waiting" : `${event.name} ${event.status}`;
  const label = hostLabel(target.name, target.id).padEnd(nameWidth);
  return `  ${SIGNS[target.status] ?? "·"} ${label}  ${done}/${target.events.length}  ${where}`;
}

/** All of them, or, when they do not fit, first the failed and then the running ones. */
function chooseTargets(targets: readonly TargetView[], rows: number): readonly TargetView[] {
  if (targets.length <= rows) return targets;
  const failed = targets.filter(({ status }) => status === "Failed");
  const running = targets.filter(({ status }) => status === "InProgress");
  return [...failed, ...running].slice(0, rows);
}

export function countersOf(view: DeploymentView): string {
  const count = (status: string): number => view.targets.filter((target) => target.status === status).length;
  const waiting = view.targets.filter((target) => !isTargetOver(target) && target.status !== "InProgress").length;
  const parts = [`${count("Succeeded")} succeeded`, `${count("Failed")} failed`];
  if (count("Skipped") > 0) parts.push(`${count("Skipped")} skipped`);
  if (!isOver(view)) parts.push(`${count("InProgress")} running`, `${waiting} waiting`);
  return `  ${parts.join(", ")} of ${countHosts(view.targets.length)}`;
}
