import { formatElapsed } from "@sluice/model/elapsed.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { DeploymentActionView, DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { shiftWords, stepWords } from "../progress/shift-words.ts";
import { formatAge, formatTable, visibleHost } from "../terminal/printing.ts";
import { type OverviewOptions, progressWords } from "./overview-words.ts";
import { pasteableCommand } from "./pasteable-command.ts";

const INDENT = "  ";
/** Targets that wait, each with its reason; the others are counted. */
const WAITS_SHOWN = 10;

/** One deployment for a terminal: what happens, why it does not go on, and what can be done. */
export function statusText(described: DescribeDeploymentOutput, options: OverviewOptions): string {
  const { story, arithmetic, notes, statusMessages } = described;
  const parts = [
    [story, ...nowLines(described, options)],
    waitLines(described, options),
    arithmetic.length === 0 ? [] : ["Minimum healthy hosts:", ...arithmetic.map(indented)],
    alarmLines(described),
    statusMessages.map((message) => `note: ${message}`),
    notes.map(
      ({ at, accessKeyId, callerArn, action, reason }) =>
        `${at.toISOString()} ${action} by ${callerArn ?? accessKeyId}: ${reason}`,
    ),
    actionLines(described, options),
    earlierLines(described, options),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

function nowLines({ deployment, step, shift }: DescribeDeploymentOutput, { now }: OverviewOptions): readonly string[] {
  return [
    `status: ${deployment.status}`,
    ...(deployment.deploymentMode === undefined ? [] : [`mode: ${deployment.deploymentMode}`]),
    ...(deployment.createdBy === undefined ? [] : [`created by: ${deployment.createdBy}`]),
    ...(step === undefined ? [] : [`step: ${step.name}, for ${formatElapsed(now.getTime() - step.since.getTime())}`]),
    ...(shift === undefined
      ? [`progress: ${progressWords(deployment)}`]
      : [`traffic: ${shiftWords(shift)}`, stepWords(shift)]),
    ...(deployment.rollbackOf === undefined ? [] : [`rolls back: ${deployment.rollbackOf}`]),
    ...(deployment.rolledBackBy === undefined ? [] : [`rolled back by: ${deployment.rolledBackBy}`]),
  ].map(indented);
}

/** Why nothing moves, and what then. */
function waitLines({ waiting, targetWaits }: DescribeDeploymentOutput, { now }: OverviewOptions): readonly string[] {
  const shown = targetWaits.slice(0, WAITS_SHOWN);
  const others = targetWaits.length - shown.length;
  const lines = [
    ...(waiting === undefined ? [] : [`${timesOf(waiting, now)}${waiting.reason}`, `${INDENT}${waiting.then}`]),
    ...shown.map(
      (wait) =>
        `${visibleHost(wait.hostName, wait.targetId)} ${wait.lifecycleEvent}: ${timesOf(wait, now)}${wait.reason}`,
    ),
    ...(others > 0 ? [`… and ${others} more`] : []),
  ];
  return lines.length === 0 ? [] : ["Waiting:", ...lines.map(indented)];
}

/** `for 2 min 05 s, at most 2 min 55 s more: `, or nothing. */
function timesOf(
  { since, until }: { readonly since?: Date | undefined; readonly until?: Date | undefined },
  now: Date,
): string {
  const times = [
    ...(since === undefined ? [] : [`for ${formatElapsed(now.getTime() - since.getTime())}`]),
    ...(until === undefined ? [] : [`at most ${formatElapsed(until.getTime() - now.getTime())} more`]),
  ];
  return times.length === 0 ? "" : `${times.join(", ")}: `;
}

function alarmLines({ alarms }: DescribeDeploymentOutput): readonly string[] {
  if (alarms.length === 0) return [];
  return [
    "Alarms:",
    ...alarms.map(({ name, state, detail }) =>
      indented(`${name} ${state}${detail === undefined ? "" : `: ${detail}`}`),
    ),
  ];
}

function actionLines({ actions }: DescribeDeploymentOutput, { dataDirectory }: OverviewOptions): readonly string[] {
  const [can, cannot] = partition(actions);
  const lines = [
    ...can.flatMap(({ consequence, command }) => [
      pasteableCommand(command, dataDirectory),
      indented(`${consequence}.`),
    ]),
    ...cannot.map(({ action, unavailable }) => `not now: ${action}, since ${unavailable}`),
  ];
  return lines.length === 0 ? [] : ["What you can do:", ...lines.map(indented)];
}

function partition(
  actions: readonly DeploymentActionView[],
): readonly [DeploymentActionView[], DeploymentActionView[]] {
  const isOpen = ({ unavailable }: DeploymentActionView) => unavailable === undefined;
  return [actions.filter(isOpen), actions.filter((action) => !isOpen(action))];
}

function earlierLines({ earlierRevisions }: DescribeDeploymentOutput, { now }: OverviewOptions): readonly string[] {
  if (earlierRevisions.length === 0) return [];
  const table = formatTable(
    ["DEPLOYMENT", "DEPLOYED", "REVISION"],
    earlierRevisions.map(({ deploymentId, completedAt, createdAt, revision }) => [
      deploymentId,
      formatAge(now.getTime() - (completedAt ?? createdAt).getTime()),
      revision === undefined ? "" : revisionName(revision),
    ]),
  );
  return ["Other revisions of the group:", ...table.split("\n").map(indented)];
}

function indented(line: string): string {
  return `${INDENT}${line}`;
}
