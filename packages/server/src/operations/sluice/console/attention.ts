import { hookAnswerCommand } from "@sluice/engine/hook-answer-command.ts";
import { hookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { DeploymentStatus, TargetState } from "@sluice/engine/state.ts";
import { isHookUnanswered } from "@sluice/engine/strategies/shift/hook-phase.ts";
import { targetName } from "@sluice/engine/target-name.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import type { Attention, DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import { hostTrouble } from "../../../hosts/host-trouble.ts";
import type { DeploymentHead } from "../../../store/columns/deployment-columns.ts";
import { ROLLED_BACK } from "../../../store/columns/group-columns.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import type { HostRow } from "../../../store/hosts.ts";
import type { lastDeployments, overviewGroups } from "../../../store/overview-groups.ts";
import { loadShiftingTargets } from "../../../store/targets.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { alarmView } from "./alarm-view.ts";

/** Dark hosts that are told one by one; the others are counted. */
const MAX_DARK_HOSTS_TOLD = 20;

export interface AttentionFacts {
  readonly active: readonly DeploymentRow[];
  readonly summaries: readonly DeploymentSummary[];
  readonly groups: Awaited<ReturnType<typeof overviewGroups>>;
  readonly last: Awaited<ReturnType<typeof lastDeployments>>;
  readonly hosts: readonly { readonly row: HostRow; readonly state: HostState }[];
  readonly at: number;
}

/**
 * What waits for a person, the most urgent first: what the server itself suffers from; alarms; what waits for a word; what was taken back; hosts
 * that are silent. Alarms are those of deployments under way, as they were read last: no others are read.
 */
export async function attentionTo(facts: AttentionFacts, context: SluiceContext): Promise<Attention[]> {
  const { active, summaries } = facts;
  const heads = active.map((row, index) => ({ summary: summaries[index]!, head: readableHead(row) }));
  const targets = await loadShiftingTargets(
    context.store,
    active.filter((row) => row.compute_platform !== "Server").map((row) => row.deployment_id),
  );
  const readable = heads.flatMap(({ summary, head }) => (head instanceof Error ? [] : [{ summary, head }]));
  return [
    ...serverTroubles(context),
    ...heads.flatMap(({ summary, head }) => (head instanceof Error ? [unreadable(summary, head)] : [])),
    ...readable.flatMap((one) => alarmsOf(one, context)),
    ...readable.flatMap(readyOf),
    ...readable.flatMap(({ summary }) => pausedShift(summary, targets.get(summary.deploymentId))),
    ...readable.flatMap(({ summary }) => unansweredHook(summary, targets.get(summary.deploymentId))),
    ...rolledBackGroups(facts),
    ...darkHosts(facts, context),
  ];
}

interface ActiveDeployment {
  readonly summary: DeploymentSummary;
  readonly head: DeploymentHead;
}

function readableHead(row: DeploymentRow): DeploymentHead | UnreadableColumn {
  try {
    return readHead(row);
  } catch (error) {
    if (error instanceof UnreadableColumn) return error;
    throw error;
  }
}

function serverTroubles({ liveness }: SluiceContext): Attention[] {
  const trouble = liveness.trouble();
  if (trouble === null) return [];
  return [
    {
      kind: "server-trouble",
      summary: trouble,
      cure: "Look at the server's machine and its network. Deployments wait until the server hears its hosts.",
      command: "sluice doctor",
    },
  ];
}

function unreadable(summary: DeploymentSummary, { message }: UnreadableColumn): Attention {
  return {
    kind: "server-trouble",
    summary: `${summary.deploymentId} of ${placeOf(summary)} cannot be read from the database: ${message}.`,
    cure: "The server ends it by itself. Look at the server's log, and deploy again.",
    ...placeMembers(summary),
  };
}

function alarmsOf({ summary, head }: ActiveDeployment, { runner }: SluiceContext): Attention[] {
  return (head.alarms?.names ?? []).flatMap((name): Attention[] => {
    const { state, detail = "" } = alarmView(name, runner.lastAlarmReading(name));
    const members = { ...placeMembers(summary), alarmName: name };
    const { deploymentId } = summary;
    if (state === "ALARM") {
      return [
        {
          kind: "firing-alarm",
          summary: `The alarm ${name} fires while ${deploymentId} is deployed to ${placeOf(summary)}${detail ? `: ${detail}` : "."}`,
          cure: "The alarm stops the deployment by itself. See what became of it.",
          command: `sluice status ${deploymentId}`,
          ...members,
        },
      ];
    }
    if (state !== "UNREADABLE" || head.alarms?.ignoresPollFailure) return [];
    return [
      {
        kind: "firing-alarm",
        summary: `The alarm ${name} of ${placeOf(summary)} cannot be read while ${deploymentId} is deployed.`,
        cure: detail,
        command: `sluice status ${deploymentId}`,
        ...(head.waiting?.about === "alarms" ? times(head.waiting) : {}),
        ...members,
      },
    ];
  });
}

function readyOf({ summary, head }: ActiveDeployment): Attention[] {
  const { wait, continued, stopRequestedAt } = head;
  if (wait?.kind !== "ready" || continued === "ready" || stopRequestedAt !== null) return [];
  const what = head.strategy.type === "ecs-blue-green" ? "replacement task set is" : "replacement hosts are";
  return [
    {
      kind: "ready-deployment",
      summary: `${summary.deploymentId} of ${placeOf(summary)} waits to be continued: its ${what} ready to take the traffic.`,
      cure: "Continue it, or stop it. If nobody does, it is stopped when the wait is over.",
      command: `sluice continue ${summary.deploymentId}`,
      ...times({ since: wait.since ?? null, until: wait.until }),
      ...placeMembers(summary),
    },
  ];
}

function pausedShift(summary: DeploymentSummary, target: TargetState | undefined): Attention[] {
  if (!target || target.type === "host" || target.shift.gate?.kind !== "pause") return [];
  if (target.command?.event !== "AllowTraffic") return [];
  return [
    {
      kind: "paused-shift",
      summary: `The shift of ${summary.deploymentId} in ${placeOf(summary)} is paused at ${target.shift.percent} % of the traffic.`,
      cure: "Let it go on, or stop the deployment and roll it back.",
      command: `sluice shift resume ${summary.deploymentId}`,
      since: new Date(target.shift.gate.since),
      ...placeMembers(summary),
    },
  ];
}

function unansweredHook(summary: DeploymentSummary, target: TargetState | undefined): Attention[] {
  const { command } = target ?? {};
  if (!target || !command || !isHookUnanswered(command)) return [];
  const { deploymentId } = summary;
  const executionId = hookExecutionId({ targetId: target.targetId, event: command.event, attempt: command.attempt });
  return [
    {
      kind: "unanswered-hook",
      summary: `The hook of ${command.event} of ${deploymentId} in ${placeOf(summary)} returned without an answer for ${targetName(target)}.`,
      cure: "Answer for it, Succeeded or Failed. Without an answer its event fails when its time is over.",
      command: hookAnswerCommand(deploymentId, executionId),
      ...times(command.waiting ?? { since: command.availableAt, until: null }),
      ...placeMembers(summary),
    },
  ];
}

/** How a rollback stands, as one says it. */
const ROLLBACK_STANDS: Readonly<Record<DeploymentStatus, string>> = {
  Created: "is about to start",
  Queued: "is about to start",
  InProgress: "is in progress",
  Baking: "is in progress",
  Ready: "is ready to continue",
  Succeeded: "has succeeded",
  Failed: "has failed, too",
  Stopped: "was stopped",
};

/** `Failed: HEALTH_CONSTRAINTS`, as a rollback keeps it. */
function reasonWords(reason: string): string {
  const [, status, code] = /^(Failed|Stopped): (.+)$/.exec(reason) ?? [];
  if (status === undefined) return `(${reason})`;
  return `${status === "Failed" ? "failed" : "was stopped"} (${code})`;
}

function rolledBackGroups({ groups, last }: AttentionFacts): Attention[] {
  return groups.flatMap((row): Attention[] => {
    const { deployment_group_id: id, deployment_group_name: name, rolled_back_json: json } = row;
    if (id === null || name === null || json === null) return [];
    const { deploymentId, rollbackDeploymentId, reason, at } = ROLLED_BACK.read({
      deployment_group_id: id,
      rolled_back_json: json,
    });
    const rollback = last.get(rollbackDeploymentId);
    const stands = rollback ? ` The rollback ${rollbackDeploymentId} ${ROLLBACK_STANDS[rollback.status]}.` : "";
    return [
      {
        kind: "rolled-back-group",
        summary: `${row.application_name}/${name} was rolled back after ${deploymentId} ${reasonWords(reason)}.${stands}`,
        cure: "Deploy a revision that works, or acknowledge that it stays as it is.",
        command: `sluice ack --application ${row.application_name} --group ${name}`,
        since: new Date(at),
        applicationName: row.application_name,
        deploymentGroupName: name,
        deploymentId,
      },
    ];
  });
}

function darkHosts({ hosts, at }: AttentionFacts, { liveness, publicEndpoint }: SluiceContext): Attention[] {
  const dark = hosts.filter(({ state }) => state === "dark");
  const told = dark.slice(0, MAX_DARK_HOSTS_TOLD).map(({ row }): Attention => {
    const { trouble = "", command } = hostTrouble(row, liveness, { now: at, serverUrl: publicEndpoint });
    const { last_seen_at: seenAt } = liveness.withHeard(row);
    const run = command === undefined ? "" : `Do that on ${row.host_name}. `;
    return {
      kind: "dark-host",
      summary: trouble,
      cure: `${run}If the machine is gone for good: sluice hosts remove ${shellWord(row.host_name)}`,
      ...(command === undefined ? {} : { command }),
      ...(seenAt === null ? {} : { since: new Date(seenAt) }),
      hostId: row.host_id,
    };
  });
  const others = dark.length - told.length;
  if (others === 0) return told;
  return [
    ...told,
    {
      kind: "dark-host",
      summary: `${others} more ${others === 1 ? "host is" : "hosts are"} silent.`,
      cure: "See which, and what mends each.",
      command: "sluice hosts list",
    },
  ];
}

function times({ since, until }: { readonly since: number | null; readonly until: number | null }) {
  return {
    ...(since === null ? {} : { since: new Date(since) }),
    ...(until === null ? {} : { until: new Date(until) }),
  };
}

function placeMembers({ applicationName, deploymentGroupName, deploymentId }: DeploymentSummary) {
  return { applicationName, deploymentGroupName, deploymentId };
}

function placeOf({ applicationName, deploymentGroupName }: DeploymentSummary): string {
  return `${applicationName}/${deploymentGroupName}`;
}
