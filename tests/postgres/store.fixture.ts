import type { DeploymentEvent } from "@sluice/engine/event.ts";
import type { CommandState, HostTarget } from "@sluice/engine/state.ts";
import { strategyWith } from "@sluice/engine/strategy.fixture.ts";
import { hostCommand, hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type ApplicationRow, insertApplication } from "@sluice/server/store/applications.ts";
import { HOST_TAGS } from "@sluice/server/store/columns/host-columns.ts";
import { type DeploymentGroupRow, insertDeploymentGroup } from "@sluice/server/store/deployment-groups.ts";
import type { HostRow } from "@sluice/server/store/hosts.ts";
import { insertNewDeployment, type NewDeployment } from "@sluice/server/store/new-deployment.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { groupRow } from "@sluice/server/store/rows.fixture.ts";

/** 2026-11-01T00:00:00Z: more than 32 bits hold. */
export const NOON = 1_793_491_200_000;

export const APPLICATION: ApplicationRow = {
  application_id: "application-1",
  application_name: "MyWebApp",
  compute_platform: "Server",
  created_at: NOON,
};

export async function addApplication(store: Store, row: Partial<ApplicationRow> = {}): Promise<ApplicationRow> {
  const application = { ...APPLICATION, ...row };
  await store.write(({ db }) => insertApplication(db, application));
  return application;
}

export async function addGroup(store: Store, row: Partial<DeploymentGroupRow> = {}): Promise<DeploymentGroupRow> {
  const group = groupRow({ created_at: NOON, ...row });
  await store.write(({ db }) => insertDeploymentGroup(db, group));
  return group;
}

export function newDeployment(group: DeploymentGroupRow, change: Partial<NewDeployment> = {}): NewDeployment {
  return {
    deploymentId: "d-A1B2C3D4E",
    application: APPLICATION,
    group,
    creator: "user",
    revision: { revisionType: "S3", s3Location: { bucket: "b", key: "k.zip", bundleType: "zip" } },
    strategy: strategyWith({ type: "in-place", hasTrafficControl: false, zones: null }),
    alarms: null,
    request: {
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
      fileExistsBehavior: "DISALLOW",
      ignoreApplicationStopFailures: false,
      updateOutdatedInstancesOnly: false,
    },
    statusMessages: [],
    createdAt: NOON,
    ...change,
  };
}

export async function addDeployment(
  store: Store,
  group: DeploymentGroupRow,
  change: Partial<NewDeployment> = {},
): Promise<string> {
  const deployment = newDeployment(group, change);
  await store.write((transaction) => insertNewDeployment(transaction, deployment));
  return deployment.deploymentId;
}

export function target(targetId: string, change: Partial<HostTarget> = {}): HostTarget {
  return hostTarget(targetId, { lifecycleEvents: [hostEvent("Install")], updatedAt: NOON, ...change });
}

export function command(
  event: LifecycleEventName,
  acknowledgedAt: number | null,
  change: Partial<CommandState> = {},
): CommandState {
  const acknowledgedOffer = acknowledgedAt === null ? null : "offer-1";
  return hostCommand(event, { availableAt: NOON, acknowledgedAt, acknowledgedOffer, ...change });
}

export function message(text: string): DeploymentEvent {
  return { type: "statusMessageAdded", message: text };
}

export function host(hostId: string, change: Partial<HostRow> = {}): HostRow {
  return {
    host_id: hostId,
    host_name: hostId,
    kind: "instance",
    agent: null,
    agent_version: null,
    tags_json: HOST_TAGS.write([]),
    zone: null,
    address: null,
    host_identifier: `arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`,
    iam_user_arn: null,
    iam_session_arn: null,
    instance_arn: null,
    declared_at: NOON,
    enrolled_at: null,
    last_seen_at: null,
    goodbye_at: null,
    retired_at: null,
    agent_platform: null,
    agent_upgrade_obstacle: null,
    ...change,
  };
}
