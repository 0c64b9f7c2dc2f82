import { formatElapsed } from "@sluice/model/elapsed.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type {
  Attention,
  DeploymentSummary,
  GetOverviewOutput,
  GroupOverview,
  TargetCounts,
} from "@sluice/wire/sluice/console-api.ts";
import { formatAge, formatTable } from "../terminal/printing.ts";
import { pasteableCommand } from "./pasteable-command.ts";

const INDENT = "  ";

export interface OverviewOptions {
  readonly now: Date;
  /** As given with --data; undefined: it was not. */
  readonly dataDirectory: string | undefined;
}

/** The state of everything, for a terminal: what waits for a person comes first. */
export function overviewText(overview: GetOverviewOutput, options: OverviewOptions): string {
  const { attention, deployments, groups, hosts } = overview;
  const parts = [
    attention.length === 0 ? "Nothing waits for you." : `Waiting for you:\n${attentionText(attention, options)}`,
    deployments.length === 0
      ? "Nothing is being deployed."
      : `Deploying now:\n${deploymentsText(deployments, options)}`,
    groups.length === 0
      ? "No applications. Create one: see sluice applications create --help"
      : `Groups:\n${groupsText(groups, options)}`,
    hosts.length === 0
      ? "No hosts. Enrol one: see sluice token create --help"
      : `Hosts: ${hosts.map(({ state, count }) => `${count} ${state}`).join(", ")}`,
  ];
  return parts.join("\n\n");
}

function attentionText(attention: readonly Attention[], { dataDirectory, now }: OverviewOptions): string {
  return attention
    .flatMap(({ summary, cure, command, until }) => [
      `- ${summary}${until === undefined ? "" : ` At most ${formatElapsed(until.getTime() - now.getTime())} more.`}`,
      `${INDENT}${cure}`,
      ...(command === undefined ? [] : [`${INDENT}${INDENT}${pasteableCommand(command, dataDirectory)}`]),
    ])
    .join("\n");
}

function deploymentsText(deployments: readonly DeploymentSummary[], { now }: OverviewOptions): string {
  return formatTable(
    ["DEPLOYMENT", "STATUS", "STARTED", "GROUP", "PROGRESS", "REVISION"],
    deployments.map((deployment) => [
      deployment.deploymentId,
      deployment.status,
      formatAge(now.getTime() - (deployment.startedAt ?? deployment.createdAt).getTime()),
      `${deployment.applicationName}/${deployment.deploymentGroupName}`,
      progressWords(deployment),
      deployment.revision === undefined ? "" : revisionName(deployment.revision),
    ]),
  );
}

function groupsText(groups: readonly GroupOverview[], { now }: OverviewOptions): string {
  return formatTable(
    ["GROUP", "PLATFORM", "DEPLOYED", "LAST DEPLOYMENT", "REVISION"],
    groups.map(({ applicationName, deploymentGroupName, computePlatform, revision, deployedAt, ...group }) => [
      deploymentGroupName === ""
        ? `${applicationName} (no group)`
        : `${applicationName}/${deploymentGroupName}${group.isRolledBack ? " (rolled back)" : ""}`,
      computePlatform,
      deployedAt === undefined ? "-" : formatAge(now.getTime() - deployedAt.getTime()),
      lastWords(group),
      revision === undefined ? "none" : revisionName(revision),
    ]),
  );
}

function lastWords({ lastDeployment }: Pick<GroupOverview, "lastDeployment">): string {
  return lastDeployment === undefined ? "-" : `${lastDeployment.deploymentId} ${lastDeployment.status}`;
}

/** `12 of 200, 1 failed`; of a shift `25 %`. */
export function progressWords({ targets, shiftPercent }: Pick<DeploymentSummary, "targets" | "shiftPercent">): string {
  if (shiftPercent !== undefined) return `${shiftPercent} %`;
  const all = Object.values(targets).reduce((sum, count) => sum + count, 0);
  if (all === 0) return "-";
  const done = targets.succeeded + targets.ready;
  return `${done} of ${all}${notDone(targets)}`;
}

function notDone({ failed, skipped }: TargetCounts): string {
  return `${failed > 0 ? `, ${failed} failed` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
