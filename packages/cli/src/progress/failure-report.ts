import { causeFirst } from "@sluice/model/aws-sentences.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import { visibleHost } from "../terminal/printing.ts";
import { type DeploymentView, type EventView, isToHosts, type TargetView } from "./deployment-view.ts";
import { wrap } from "./progress-screen.ts";

/** Hosts that are told in full; the others are named. */
const MAX_HOSTS_IN_FULL = 3;
const INDENT = "  ";

interface FailedTarget {
  readonly target: TargetView;
  /** Undefined: none of its events failed. */
  readonly event: EventView | undefined;
}

/**
 * Why a deployment did not succeed: first the host that failed first, with event, script and the end of its log, then what that meant for the
 * deployment, then AWS's sentence for it, and last what to run next.
 *
 * @param options.commandOptions what client commands need here, such as ` --data DIR`
 * @param options.columns of the terminal, at whose width lines are wrapped; undefined: none are. Logs and commands stay as they are
 */
export function failureReport(
  view: DeploymentView,
  { commandOptions = "", columns }: { readonly commandOptions?: string; readonly columns?: number | undefined } = {},
): string {
  const fit = (lines: readonly string[]) => wrapLines(lines, columns);
  const failed = view.targets
    .filter(({ status }) => status === "Failed")
    .map(withEvent)
    .sort(byEnd);
  const hosts = failed.slice(0, MAX_HOSTS_IN_FULL).map((host) => [...fit(hostLines(host)), ...logLines(host)]);
  const others = failed.slice(MAX_HOSTS_IN_FULL).map(({ target }) => visibleHost(target.name, target.id));
  const blocks = [
    ...hosts,
    ...(others.length > 0 ? [fit([`Also failed: ${others.join(", ")}`])] : []),
    fit(deploymentLines(view, failed)),
    // A misspelt hook or a script that is not in the bundle is often why.
    ...(view.statusMessages.length > 0 ? [fit(view.statusMessages.map((message) => `note: ${message}`))] : []),
    ...(view.rollback === undefined ? [] : [fit([view.rollback.message])]),
    [`Next: ${nextCommand(view, failed[0])}${commandOptions}`],
  ];
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

function wrapLines(lines: readonly string[], columns: number | undefined): readonly string[] {
  if (columns === undefined) return lines;
  return lines
    .flatMap((line) => line.split("\n"))
    .flatMap((line) => {
      const text = line.trimStart();
      const indent = line.slice(0, line.length - text.length);
      return wrap(text, columns, indent, `${indent}${INDENT}`);
    });
}

function withEvent(target: TargetView): FailedTarget {
  return { target, event: target.events.find(({ status }) => status === "Failed" || status === "Unknown") };
}

/** The first failure is mostly the cause of the others. */
function byEnd(one: FailedTarget, other: FailedTarget): number {
  const end = ({ event }: FailedTarget) => event?.endedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  // Two that have no end are equal, and infinity less infinity is no number.
  return end(one) === end(other) ? 0 : end(one) - end(other);
}

function hostLines({ target, event }: FailedTarget): string[] {
  const what = event?.status === "Unknown" ? "did not report the result of" : "failed in";
  const lines = [`${visibleHost(target.name, target.id)} ${event === undefined ? "failed" : `${what} ${event.name}`}`];
  const failure = event?.failure;
  if (failure === undefined) return lines;
  if (failure.scriptName !== "") lines.push(`  script: ${visibleLine(failure.scriptName)}`);
  const { cause, sentence } = causeFirst(failure.message);
  lines.push(`  ${failure.errorCode}: ${cause}`);
  if (sentence !== undefined) lines.push(`  ${sentence}`);
  return lines;
}

function logLines({ event }: FailedTarget): string[] {
  const tail = visibleText(event?.failure?.logTail ?? "").trimEnd();
  return tail === "" ? [] : ["  log tail:", ...tail.split("\n").map((line) => `    ${line}`)];
}

function deploymentLines({ id, status, error }: DeploymentView, failed: readonly FailedTarget[]): string[] {
  if (error === undefined) return [`${id} ${status}`];
  // What a service's event ended with is mostly the deployment's own message, and told above in full.
  const isTold = failed.some(({ event }) => event?.failure?.message && error.endsWith(`: ${event.failure.message}`));
  if (isTold) return [`${id} ${status}: ${error.split(":", 1)[0]}`];
  // The deployment's own message quotes the first failure, which is told above in full.
  const { cause, sentence } = causeFirst(failed.length > 0 ? (error.split(" First failure: ", 1)[0] ?? error) : error);
  return [`${id} ${status}: ${cause}`, ...(sentence === undefined ? [] : [`  ${sentence}`])];
}

function nextCommand(view: DeploymentView, first: FailedTarget | undefined): string {
  const { id, error, application, group, rollback } = view;
  const plan = isToHosts(view) ? "sluice plan" : "sluice plan APPSPEC_FILE";
  const place = `--application ${shellWord(application)} --group ${shellWord(group)}`;
  const code = error?.split(":", 1)[0];
  if (code === "AGENT_ISSUE" || code === "NO_INSTANCES") return "sluice hosts list";
  if (first?.event?.name === "BlockTraffic" || first?.event?.name === "AllowTraffic") return `${plan} ${place}`;
  // Why tasks do not become healthy, they mostly say themselves.
  if (first?.target.kind === "service" && first.event?.name === "Install") return `sluice logs ${id}`;
  if (first !== undefined && first.target.kind === "host")
    return `sluice logs ${id} --host ${shellWord(first.target.id)}`;
  if (rollback?.deploymentId !== undefined) return `sluice watch ${rollback.deploymentId}`;
  if (code === "MANUAL_STOP") return `sluice rollback ${place}`;
  // What keeps a deployment from starting, a plan says without starting one.
  return `${plan} ${place}`;
}
