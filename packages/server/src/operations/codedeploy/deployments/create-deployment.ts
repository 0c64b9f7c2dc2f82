import type { CreateDeploymentInput, CreateDeploymentOutput } from "@aws-sdk/client-codedeploy";
import type { FleetSelection } from "@sluice/engine/ports/fleet.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import {
  checkDeploymentConfigName,
  checkDescription,
  requireApplicationName,
  requireDeploymentGroupName,
} from "@sluice/model/input-checks/required-names.ts";
import { checkAlarms, checkAutoRollback } from "@sluice/model/input-checks/watch-checks.ts";
import { isOneOf } from "@sluice/model/is-one-of.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import type { ServiceLimits } from "@sluice/model/service-limits.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { type DeployablePlatform, deployablePlatformOf } from "../../../groups/deployable-platforms.ts";
import { alarmWatchOf } from "../../../groups/group-alarms.ts";
import type { ReadRevision } from "../../../groups/read-revision.ts";
import { darkHostMessages, darkHostsOfGroup } from "../../../hosts/dark-hosts.ts";
import type { ApplicationRow } from "../../../store/applications.ts";
import { GROUP_FIELDS } from "../../../store/columns/group-columns.ts";
import type { DeploymentGroupRow } from "../../../store/deployment-groups.ts";
import { findActiveDeploymentId } from "../../../store/deployment-history.ts";
import { externalIdOfGroup } from "../../../store/external-ids.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { settingsOf } from "../../../store/group-settings.ts";
import { insertNewDeployment, type NewDeployment, replacementSelection } from "../../../store/new-deployment.ts";
import { markRevisionUsed, registerRevision } from "../../../store/revisions.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { requireApplication, requireDeploymentConfig, requireDeploymentGroup } from "../checks/known-resources.ts";
import { requireRevision } from "../checks/revision-input.ts";
import type { CodeDeployContext, CodeDeployOperation } from "../codedeploy-context.ts";
import { type RevisionShelf, readServiceRevision } from "../revisions/read-service-revision.ts";
import { shownGroupFields } from "../views/shown-group-fields.ts";
import { newDeploymentId } from "./new-deployment-id.ts";
import { isRestart, requireNoRevision, restartedRollout } from "./restarted-rollout.ts";

export const createDeployment: CodeDeployOperation<CreateDeploymentInput, CreateDeploymentOutput> = (input, context) =>
  createDeploymentWith(input, context, async () => {});

/** @param also what is written together with the deployment, or not at all */
export async function createDeploymentWith(
  input: CreateDeploymentInput,
  context: CodeDeployContext,
  also: (transaction: WriteTransaction, deploymentId: string) => Promise<void>,
): Promise<{ readonly deploymentId: string }> {
  const names = requireNames(input);
  if (input.revision !== undefined) requireRevision(input.revision);
  checkOptions(input, context.limits);
  const deployment = await prepareDeployment(input, names, context);
  const groupId = deployment.group.deployment_group_id;
  try {
    await context.store.write(async (transaction) => {
      const active = await findActiveDeploymentId(transaction.db, groupId);
      if (active) throw groupIsBusy(names.groupName, active);
      await insertDeployment(transaction, names, deployment, context);
      await also(transaction, deployment.deploymentId);
      transaction.afterCommit(() => context.planner.wake(deployment.deploymentId));
    });
  } catch (error) {
    const active = isUniqueViolation(error) && (await findActiveDeploymentId(context.store.db, groupId));
    throw active ? groupIsBusy(names.groupName, active) : error;
  }
  return { deploymentId: deployment.deploymentId };
}

/** How long whoever knows the hosts may take to name them for a warning. */
const DARK_HOSTS_TIMEOUT_MILLISECONDS = 5_000;

interface Names {
  readonly applicationName: string;
  readonly groupName: string;
}

function requireNames(input: CreateDeploymentInput): Names {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  checkDeploymentConfigName(input.deploymentConfigName);
  return { applicationName, groupName };
}

/** All checks but the last, and everything that is read outside the transaction: who is dark may change at any moment anyway. */
async function prepareDeployment(
  input: CreateDeploymentInput,
  { applicationName, groupName }: Names,
  context: CodeDeployContext,
): Promise<NewDeployment> {
  const { db } = context.store;
  const application = await requireApplication(db, applicationName);
  const group = await requireDeploymentGroup(db, application, groupName);
  const platform = deployablePlatformOf(application);
  const restarts = isRestart(input);
  if (restarts) requireNoRevision(input.revision);
  const named = restarts ? null : requireRevision(input.revision);
  if (named) platform.checkRevision(named);
  const rollout = await rolloutOf(input, named, application, group, context);
  const revision = named ?? (await restartedRollout(db, group)).revision;
  const { strategy } = rollout;
  const createdAt = context.now();
  const selections: FleetSelection[] = platform.revisionsReadBy === "hosts" ? [GROUP_FIELDS.read(group)] : [];
  if (strategy.type === "blue-green" && input.targetInstances) {
    selections.push(replacementSelection(input.targetInstances));
  }
  const messages = await Promise.all(selections.map((selection) => darkHosts(selection, createdAt, context)));
  return {
    deploymentId: newDeploymentId(context.randomText),
    application,
    group,
    creator: "user",
    createdBy: callerArn(context.principal, context.accountId),
    revision,
    ...rollout,
    statusMessages: [...new Set(messages.flat())],
    createdAt,
  };
}

/** How a deployment to a group goes about its work, by what is asked, the group and the configuration. Throws what refuses it. */
export async function rolloutOf(
  input: Omit<CreateDeploymentInput, "revision">,
  revision: RevisionLocation | null,
  application: ApplicationRow,
  group: DeploymentGroupRow,
  { store, revisions, limits }: Pick<CodeDeployContext, "store" | "revisions" | "limits">,
): Promise<Pick<NewDeployment, "strategy" | "alarms" | "request">> {
  const config = await requireDeploymentConfig(store.db, input.deploymentConfigName ?? group.deployment_config_name);
  const fields = GROUP_FIELDS.read(group);
  const platform = deployablePlatformOf(application);
  platform.checkGroup(group.deployment_group_name, fields);
  checkOptions(input, limits);
  platform.checkAsked(input);
  const read = await readFor(platform, revision, application, { db: store.db, revisions });
  const strategy = platform.rollout({ fields, config, settings: settingsOf(group) }, input, read);
  const shown = shownGroupFields(application.compute_platform, fields);
  return {
    strategy,
    alarms: alarmWatchOf(input.overrideAlarmConfiguration ?? fields.alarmConfiguration),
    request: {
      deploymentConfigName: config.deploymentConfigName,
      description: input.description,
      fileExistsBehavior: input.fileExistsBehavior ?? "DISALLOW",
      ignoreApplicationStopFailures: input.ignoreApplicationStopFailures ?? false,
      updateOutdatedInstancesOnly: input.updateOutdatedInstancesOnly ?? false,
      autoRollbackConfiguration: input.autoRollbackConfiguration ?? shown.autoRollbackConfiguration,
      overrideAlarmConfiguration: input.overrideAlarmConfiguration,
      deploymentMode: isRestart(input) ? "RESTART" : undefined,
      deploymentStyle: fields.deploymentStyle,
      blueGreenDeploymentConfiguration: shown.blueGreenDeploymentConfiguration,
      loadBalancerInfo: shown.loadBalancerInfo,
      targetInstances: input.targetInstances,
    },
  };
}

/** Where hosts read the revision, it is not needed to say how the deployment goes. */
async function readFor(
  { revisionsReadBy }: DeployablePlatform,
  revision: RevisionLocation | null,
  { application_id: applicationId }: ApplicationRow,
  shelf: RevisionShelf,
): Promise<ReadRevision> {
  if (revisionsReadBy === "hosts") return { kind: "bundle" };
  return readServiceRevision(revision ?? requireRevision(undefined), applicationId, shelf);
}

function checkOptions(input: Omit<CreateDeploymentInput, "revision">, limits: ServiceLimits): void {
  checkDescription(input.description);
  if (input.fileExistsBehavior !== undefined && !isOneOf(ENUMS.FileExistsBehavior, input.fileExistsBehavior)) {
    throw new CallerFault(
      "InvalidFileExistsBehaviorException",
      `fileExistsBehavior is "${excerpt(input.fileExistsBehavior)}": use one of ${ENUMS.FileExistsBehavior.join(", ")}.`,
    );
  }
  checkAutoRollback(input.autoRollbackConfiguration);
  checkAlarms(input.overrideAlarmConfiguration, limits, "overrideAlarmConfiguration");
}

/** A word of warning, for which no deployment is refused and no caller waits long: its start finds the hosts, or says why not. */
async function darkHosts(
  selection: FleetSelection,
  now: number,
  { store, fleet, liveness }: CodeDeployContext,
): Promise<string[]> {
  const signal = AbortSignal.timeout(DARK_HOSTS_TIMEOUT_MILLISECONDS);
  try {
    return darkHostMessages(await darkHostsOfGroup(selection, { store, fleet, liveness, now, signal }));
  } catch (error) {
    const late = `there was no answer within ${DARK_HOSTS_TIMEOUT_MILLISECONDS / 1000} s`;
    const reason = signal.aborted ? late : reasonOf(error);
    return [`The state of the hosts could not be determined when the deployment was created: ${reason}`];
  }
}

/** The application and the group are read again: they may have been deleted or renamed since the checks. */
async function insertDeployment(
  transaction: WriteTransaction,
  { applicationName, groupName }: Names,
  deployment: NewDeployment,
  scope: ArnScope,
): Promise<void> {
  const { db } = transaction;
  const { deploymentId, createdAt } = deployment;
  const application = await requireApplication(db, applicationName);
  const group = await requireDeploymentGroup(db, application, groupName);
  // What the group has may have changed, too.
  const restarted = isRestart(deployment.request) ? await restartedRollout(db, group) : undefined;
  const revision = restarted?.revision ?? deployment.revision;
  const applicationId = application.application_id;
  const description = `Application revision registered by Deployment ID: ${deploymentId}`;
  const newRevision = { applicationId, location: revision, description, registeredAt: createdAt };
  await registerRevision(db, newRevision, { describe: false });
  await markRevisionUsed(db, applicationId, revisionKey(revision), createdAt);
  await insertNewDeployment(transaction, {
    ...deployment,
    application,
    group,
    externalId: await externalIdOfGroup(db, scope, applicationName, groupName),
    ...(restarted && {
      revision,
      intent: restarted.intent,
      request: { ...deployment.request, fileExistsBehavior: restarted.fileExistsBehavior },
    }),
  });
}

/** Clients look for the id in this text. */
export function groupIsBusy(groupName: string, activeDeploymentId: string): CallerFault {
  return new CallerFault(
    "DeploymentLimitExceededException",
    `The Deployment Group '${groupName}' already has an active Deployment '${activeDeploymentId}': wait for it to end (\`sluice watch ${activeDeploymentId}\`), or stop it (\`sluice stop ${activeDeploymentId}\`).`,
  );
}
