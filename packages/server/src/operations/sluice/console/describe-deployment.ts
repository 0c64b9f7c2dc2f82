import { isHost } from "@sluice/engine/host-targets.ts";
import { darkAt } from "@sluice/engine/observation.ts";
import { describeArithmetic } from "@sluice/engine/preflight-words.ts";
import type { DeploymentState, HostTarget } from "@sluice/engine/state.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { COMMAND_START_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { AlarmView, DescribeDeploymentInput, DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import type { ShiftView, TargetWait } from "@sluice/wire/sluice/sluice-api.ts";
import { darkHostMessage } from "../../../hosts/dark-hosts.ts";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST } from "../../../store/columns/deployment-columns.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { notesOf } from "../../../store/deployment-notes.ts";
import { type DeploymentRow, readHead } from "../../../store/deployments.ts";
import { otherRevisionsOfGroup } from "../../../store/earlier-revisions.ts";
import { newestEventId } from "../../../store/events.ts";
import { readSnapshot } from "../../../store/read-snapshot.ts";
import { loadReadableTargets } from "../../../store/targets.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import { shiftView } from "../shift-view.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { alarmView } from "./alarm-view.ts";
import { deploymentActions } from "./deployment-actions.ts";
import { deploymentStep } from "./deployment-step.ts";
import { deploymentStory } from "./deployment-story.ts";
import { deploymentSummaries } from "./deployment-summary.ts";
import { readActionFacts } from "./read-action-facts.ts";
import { type RollsBackOn, waitAndThen } from "./wait-then.ts";

const MAX_TARGET_WAITS = 100;
const MAX_EARLIER_REVISIONS = 20;
/** A host that takes an event up takes less. */
const TAKES_UP_MILLISECONDS = 5_000;

/** All that a person asks about one deployment: what happens, why nothing moves, what can be done. Of one moment. */
export const describeDeployment: Operation<DescribeDeploymentInput, DescribeDeploymentOutput, SluiceContext> = async (
  input,
  context,
) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const { store, now } = context;
  const read = await readSnapshot(store, async (db) => {
    const row = await findDeployment(db, deploymentId);
    if (!row) throw deploymentMissing(deploymentId);
    const eventId = await newestEventId({ db });
    const { readable, unreadable } = await loadReadableTargets({ db }, deploymentId);
    const targets = readable.length === 0 && unreadable.length === 0 ? null : readable;
    const facts = await readActionFacts(db, row, targets);
    const earlier = await otherRevisionsOfGroup(db, row.deployment_group_id, row.revision_key, MAX_EARLIER_REVISIONS);
    const [summary, ...earlierRevisions] = await deploymentSummaries({ db }, [row, ...earlier]);
    const notes = await notesOf(db, deploymentId);
    return { row, eventId, targets, facts, summary: summary!, earlierRevisions, notes };
  });
  const { row, targets, summary } = read;
  const state: DeploymentState = { ...readHead(row), targets };
  const at = now();
  const step = deploymentStep(state);
  const waiting = row.active === 1 ? waitAndThen(state, rollsBackOn(row)) : undefined;
  const shift = shiftOf(state, at);
  const healthy = healthyHosts(state);
  return {
    deployment: summary,
    story: deploymentStory({
      state,
      applicationName: row.application_name,
      revision: summary.revision ? revisionName(summary.revision) : "a revision",
      isRestart: summary.deploymentMode === "RESTART",
      rollbackOf: summary.rollbackOf,
      rolledBackBy: summary.rolledBackBy,
    }),
    ...(step ? { step: { name: step.name, since: new Date(step.since) } } : {}),
    ...(waiting
      ? {
          waiting: {
            reason: waiting.reason,
            // biome-ignore lint/suspicious/noThenProperty: the word of the API, and a text
            then: waiting.whatThen,
            ...(waiting.since === null ? {} : { since: new Date(waiting.since) }),
            ...(waiting.until === null ? {} : { until: new Date(waiting.until) }),
          },
        }
      : {}),
    targetWaits: row.active === 1 ? await targetWaits(state, context, at) : [],
    arithmetic: arithmetic(state),
    ...(state.minimumHealthyHosts === null ? {} : { minimumHealthyHosts: state.minimumHealthyHosts }),
    ...(healthy === undefined ? {} : { healthyHosts: healthy }),
    alarms: row.active === 1 ? alarms(state, context) : [],
    ...(shift ? { shift } : {}),
    notes: read.notes.map((note) => ({
      at: new Date(note.at),
      accessKeyId: note.access_key_id,
      callerArn: note.caller_arn ?? undefined,
      action: note.action,
      reason: note.reason,
    })),
    statusMessages: statusMessages(state, row, context),
    actions: deploymentActions(read.facts),
    earlierRevisions: read.earlierRevisions,
    eventId: String(read.eventId),
  };
};

/** As GetDeployment tells them, and what keeps all deployments waiting. */
function statusMessages(state: DeploymentState, row: DeploymentRow, { liveness }: SluiceContext): readonly string[] {
  const trouble = row.active === 1 ? liveness.trouble() : null;
  return trouble === null ? state.statusMessages : [...state.statusMessages, trouble];
}

function shiftOf(state: DeploymentState, at: number): ShiftView | undefined {
  const [target] = state.targets ?? [];
  return isShift(state.strategy) && target ? shiftView(state, target, at) : undefined;
}

function alarms({ alarms: watched }: DeploymentState, { runner }: SluiceContext): readonly AlarmView[] {
  return (watched?.names ?? []).map((name) => alarmView(name, runner.lastAlarmReading(name)));
}

function arithmetic({ strategy, targets }: DeploymentState): readonly string[] {
  const hosts = (targets ?? []).filter(isHost);
  if (isShift(strategy)) return [];
  return strategy.type === "blue-green"
    ? describeArithmetic(strategy, labelled(hosts, "Blue"), labelled(hosts, "Green"))
    : describeArithmetic(strategy, hosts, []);
}

/** By which a deployment is measured: those that have the revision, and those that are left alone and were well before. */
function healthyHosts({ strategy, targets, minimumHealthyHosts }: DeploymentState): number | undefined {
  if (minimumHealthyHosts === null || targets === null) return undefined;
  const hosts = targets.filter(isHost);
  if (strategy.type === "blue-green") {
    return labelled(hosts, "Green").filter(({ status }) => status === "Succeeded" || status === "Ready").length;
  }
  if (strategy.type !== "in-place") return undefined;
  return hosts.filter(
    ({ status, wasHealthy }) =>
      status === "Succeeded" || (wasHealthy && (status === "Pending" || status === "Skipped")),
  ).length;
}

/** What the group, or the deployment in its stead, wants rolled back; StopDeployment has the last word on stops. */
function rollsBackOn(row: DeploymentRow): RollsBackOn {
  const { autoRollbackConfiguration } = DEPLOYMENT_REQUEST.read(row);
  const events: readonly string[] = autoRollbackConfiguration?.enabled ? (autoRollbackConfiguration.events ?? []) : [];
  if (row.creator !== "user") return { failure: false, alarm: false, stop: false };
  return {
    failure: events.includes("DEPLOYMENT_FAILURE"),
    alarm: events.includes("DEPLOYMENT_STOP_ON_ALARM"),
    stop: DEPLOYMENT_INTENT.read(row)?.rollBackAfterStop ?? events.includes("DEPLOYMENT_STOP_ON_REQUEST"),
  };
}

async function targetWaits(
  { targets }: DeploymentState,
  { store, liveness }: SluiceContext,
  at: number,
): Promise<readonly TargetWait[]> {
  // What the one target of a shift waits for is what its deployment does.
  const told = (targets ?? [])
    .filter(isHost)
    .filter(({ command }) => command?.waiting)
    .slice(0, MAX_TARGET_WAITS);
  const untaken = (targets ?? [])
    .filter(isHost)
    .filter(({ command }) => command?.by === "agent" && command.acknowledgedAt === null)
    .filter(({ command }) => at - (command?.availableAt ?? at) >= TAKES_UP_MILLISECONDS)
    .slice(0, MAX_TARGET_WAITS - told.length);
  const observed = await liveness.observe(
    store,
    untaken.map(({ targetId }) => targetId),
  );
  return [...told.flatMap(toldWait), ...untaken.flatMap((host) => untakenWait(host))];

  function untakenWait(host: HostTarget): TargetWait[] {
    const { targetId, hostName, command } = host;
    if (!command) return [];
    const seen = observed.get(targetId);
    const reason =
      darkAt(seen) <= at
        ? darkHostMessage({ host: { hostId: targetId, hostName }, liveness: seen })
        : "the host polls and has not taken the event up yet";
    return [
      {
        targetId,
        hostName,
        lifecycleEvent: command.event,
        reason,
        since: new Date(command.availableAt),
        until: new Date(command.availableAt + COMMAND_START_TIMEOUT_MILLISECONDS),
      },
    ];
  }
}

function toldWait(target: HostTarget): TargetWait[] {
  const { command, targetId } = target;
  if (!command?.waiting) return [];
  const { reason, since, until } = command.waiting;
  return [
    {
      targetId,
      hostName: target.hostName,
      lifecycleEvent: command.event,
      reason,
      since: new Date(since),
      ...(until === null ? {} : { until: new Date(until) }),
    },
  ];
}

function labelled(hosts: readonly HostTarget[], label: "Blue" | "Green"): readonly HostTarget[] {
  return hosts.filter((host) => host.label === label);
}
