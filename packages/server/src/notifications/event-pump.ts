import { createHash } from "node:crypto";
import type { TriggerConfig, TriggerEventType } from "@aws-sdk/client-codedeploy";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import type { Pace } from "../loops/paced-loop.ts";
import { type DeploymentGroupFields, GROUP_FIELDS } from "../store/columns/group-columns.ts";
import {
  hasTriggers,
  insertDeliveries,
  moveDeliveryCursor,
  type NewDelivery,
  readDeliveryCursor,
} from "../store/deliveries.ts";
import { countTargetsByStatus } from "../store/deployment-history.ts";
import type { DeploymentRow } from "../store/deployments.ts";
import { newestEventId, type RecordedEvent, readEvents } from "../store/events.ts";
import type { Store } from "../store/open-store.ts";
import { findTargets, hostOf, type TargetWithArn } from "../store/target-listing.ts";
import { deploymentEventTypes, instanceEventType, mayNotify } from "./trigger-events.ts";
import { deploymentMessage, instanceMessage, type TargetCounts, type TriggerMessage } from "./trigger-message.ts";

/** Events that one transaction turns into messages. */
const PAGE_EVENTS = 500;
/** The stream is looked at no more often than this where a group has triggers, however fast it grows. */
const REST_MILLISECONDS = 50;
/** And where none has. */
const IDLE_REST_MILLISECONDS = 2_000;
/** And at least this often: another server's events are not announced here. */
const SCAN_INTERVAL_MILLISECONDS = 5_000;
const ID_HEX_DIGITS = 24;

export interface EventPumpDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly scope: ArnScope;
  /** Messages were made. */
  readonly onDeliveries: () => void;
  /** A deployment has no messages, because something of it cannot be read. */
  readonly onError: (error: unknown) => void;
}

/**
 * One turn of what makes messages of events. What it makes and where it goes on are written in one transaction, which writes nothing
 * when another server was there first: a death before it loses nothing, and none doubles anything.
 */
export async function pumpEvents(dependencies: EventPumpDependencies): Promise<Pace> {
  const { store, now, onDeliveries } = dependencies;
  const from = await readDeliveryCursor(store);
  // In this order: no group had a trigger after what is skipped.
  const newest = await newestEventId(store);
  if (newest <= from) return { sleepMilliseconds: SCAN_INTERVAL_MILLISECONDS, restMilliseconds: 0 };
  if (!(await hasTriggers(store))) {
    await store.write((transaction) => moveDeliveryCursor(transaction, from, newest));
    return { sleepMilliseconds: SCAN_INTERVAL_MILLISECONDS, restMilliseconds: IDLE_REST_MILLISECONDS };
  }
  const events = await readEvents(store, { afterEventId: from, limit: PAGE_EVENTS });
  const to = events.at(-1)?.eventId ?? from;
  const deliveries = await deliveriesOf(dependencies, events.filter(mayNotify));
  const moved = await store.write(async (transaction) => {
    if (!(await moveDeliveryCursor(transaction, from, to))) return false;
    await insertDeliveries(transaction, deliveries, now());
    return true;
  });
  if (moved && deliveries.length > 0) onDeliveries();
  const isBehind = !moved || events.length === PAGE_EVENTS;
  return {
    sleepMilliseconds: isBehind ? 0 : SCAN_INTERVAL_MILLISECONDS,
    restMilliseconds: isBehind ? 0 : REST_MILLISECONDS,
  };
}

interface Listener {
  readonly row: DeploymentRow;
  readonly triggers: readonly TriggerConfig[];
}

/** In the order of the events. What cannot be read costs its own deployment the messages, and no other. */
async function deliveriesOf(
  { store, scope, onError }: EventPumpDependencies,
  events: readonly RecordedEvent[],
): Promise<NewDelivery[]> {
  const byDeployment = Map.groupBy(events, ({ deploymentId }) => deploymentId);
  const deliveries: NewDelivery[] = [];
  for (const { fields_json, ...row } of await deploymentsWithGroup(store, [...byDeployment.keys()])) {
    try {
      const triggers = triggersOf(GROUP_FIELDS.read({ ...row, fields_json }));
      if (triggers.length === 0) continue;
      deliveries.push(
        ...(await deliveriesOfOne(store, scope, { row, triggers }, byDeployment.get(row.deployment_id) ?? [])),
      );
    } catch (error) {
      if (!(error instanceof UnreadableColumn)) throw error;
      onError(error);
    }
  }
  return deliveries.sort((one, other) => one.event_id - other.event_id || one.ordinal - other.ordinal);
}

/** One whose group is gone has nobody to tell. */
async function deploymentsWithGroup({ db }: Store, deploymentIds: readonly string[]) {
  if (deploymentIds.length === 0) return [];
  return db
    .selectFrom("deployments")
    .innerJoin("deployment_groups", "deployment_groups.deployment_group_id", "deployments.deployment_group_id")
    .selectAll("deployments")
    .select("deployment_groups.fields_json")
    .where("deployment_id", "in", deploymentIds)
    .execute();
}

export function triggersOf({ triggerConfigurations }: DeploymentGroupFields): readonly TriggerConfig[] {
  return triggerConfigurations ?? [];
}

async function deliveriesOfOne(
  store: Store,
  scope: ArnScope,
  { row, triggers }: Listener,
  events: readonly RecordedEvent[],
): Promise<NewDelivery[]> {
  const wanted = new Set<TriggerEventType>(triggers.flatMap(({ triggerEvents }) => triggerEvents ?? []));
  const wantedOfHosts = events.filter((event) => {
    const type = instanceEventType(event);
    return type !== undefined && wanted.has(type);
  });
  const targets = await targetsOf(store, row.deployment_id, wantedOfHosts);
  const counts = (await countTargetsByStatus(store.db, [row.deployment_id])).get(row.deployment_id) ?? new Map();
  return events.flatMap((event) =>
    eventMessages(scope, row, event, { targets, counts })
      .filter(({ type }) => wanted.has(type))
      .flatMap(({ type, targetId, messageTo }, place) =>
        triggers
          .filter(({ triggerEvents }) => triggerEvents?.includes(type))
          .map(({ triggerName = "", triggerTargetArn = "" }) => ({
            notification_id: notificationId([row.deployment_id, triggerName, type, targetId ?? ""]),
            event_id: event.eventId,
            ordinal: place,
            deployment_id: row.deployment_id,
            application_name: row.application_name,
            deployment_group_name: row.deployment_group_name,
            trigger_name: triggerName,
            trigger_target_arn: triggerTargetArn,
            event_type: type,
            target_id: targetId,
            ...messageTo(triggerName),
          })),
      ),
  );
}

interface EventMessage {
  readonly type: TriggerEventType;
  readonly targetId: string | null;
  readonly messageTo: (triggerName: string) => TriggerMessage;
}

function eventMessages(
  scope: ArnScope,
  row: DeploymentRow,
  event: RecordedEvent,
  { targets, counts }: { targets: ReadonlyMap<string, TargetWithArn>; counts: TargetCounts },
): EventMessage[] {
  const ofDeployment = deploymentEventTypes(event, row.creator).map((type) => ({
    type,
    targetId: null,
    messageTo: (triggerName: string) => deploymentMessage(scope, triggerName, type, row, counts),
  }));
  const type = instanceEventType(event);
  const found = hostOf(targets.get(targetIdOf(event)));
  if (!type || !found || (type === "InstanceStart" && !isFirstCommand(event, found))) return ofDeployment;
  const messageTo = (triggerName: string) =>
    instanceMessage(scope, triggerName, type, row.deployment_id, found, event.at);
  return [...ofDeployment, { type, targetId: found.target.targetId, messageTo }];
}

/** A host starts with its first lifecycle event; offering that again is not a second start, and makes the same notification's id. */
function isFirstCommand({ body }: RecordedEvent, { target }: TargetWithArn): boolean {
  return target.lifecycleEvents[0]?.name === body.event;
}

async function targetsOf(
  { db }: Store,
  deploymentId: string,
  events: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, TargetWithArn>> {
  if (events.length === 0) return new Map();
  const found = await findTargets(db, deploymentId, [...new Set(events.map(targetIdOf))]);
  return new Map(found.map((one) => [one.target.targetId, one]));
}

function targetIdOf({ body }: RecordedEvent): string {
  return typeof body.targetId === "string" ? body.targetId : "";
}

/** One event makes one message, however often it is read. */
function notificationId(parts: readonly string[]): string {
  return `n-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, ID_HEX_DIGITS)}`;
}
