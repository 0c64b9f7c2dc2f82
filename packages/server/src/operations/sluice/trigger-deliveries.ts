import { CallerFault } from "@sluice/model/caller-fault.ts";
import type {
  ListTriggerDeliveriesInput,
  ListTriggerDeliveriesOutput,
  ReplayTriggerDeliveryInput,
  ReplayTriggerDeliveryOutput,
  TriggerDelivery,
} from "@sluice/wire/sluice/sluice-api.ts";
import {
  type DeliveryPosition,
  type DeliveryRow,
  type DeliveryStatus,
  findDelivery,
  listDeliveries,
  replayDeliveries,
} from "../../store/deliveries.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Messages in a page of ListTriggerDeliveries. */
const DELIVERIES_PAGE = 100;
const STATUSES: readonly DeliveryStatus[] = ["pending", "delivered", "failed"];

/** The messages of all triggers, the newest first. */
export const listTriggerDeliveries: Operation<
  ListTriggerDeliveriesInput,
  ListTriggerDeliveriesOutput,
  SluiceContext
> = async (input, { store }) => {
  const rows = await listDeliveries(store, {
    status: readStatus(input.status),
    deploymentId: input.deploymentId,
    after: readToken(input.nextToken),
    limit: DELIVERIES_PAGE + 1,
  });
  const deliveries = rows.slice(0, DELIVERIES_PAGE);
  const last = rows.length > DELIVERIES_PAGE ? deliveries.at(-1) : undefined;
  return { deliveries: deliveries.map(triggerDelivery), ...(last ? { nextToken: tokenOf(last) } : {}) };
};

/** Sends messages again, whether they failed or the receiver lost them. In what order is the deployments', not the caller's. */
export const replayTriggerDelivery: Operation<
  ReplayTriggerDeliveryInput,
  ReplayTriggerDeliveryOutput,
  SluiceContext
> = async ({ notificationId, allFailed = false }, { store, now, notifications }) => {
  if ((notificationId === undefined) !== allFailed) {
    throw new CallerFault("ValidationException", "Give a notificationId, or allFailed: one of them, and not both.");
  }
  if (notificationId !== undefined && !(await findDelivery(store, notificationId))) {
    throw new CallerFault(
      "TriggerDeliveryDoesNotExistException",
      `There is no message ${notificationId}: \`sluice triggers list\` shows those that exist. Delivered ones are kept for a week.`,
    );
  }
  const which = notificationId === undefined ? "failed" : { notificationId };
  const replayed = await store.write((transaction) => replayDeliveries(transaction, which, now()));
  notifications.wake();
  return { replayed };
};

function triggerDelivery(row: DeliveryRow): TriggerDelivery {
  return {
    notificationId: row.notification_id,
    status: row.status,
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    deploymentId: row.deployment_id,
    triggerName: row.trigger_name,
    triggerTargetArn: row.trigger_target_arn,
    eventType: row.event_type,
    targetId: row.target_id ?? undefined,
    subject: row.subject,
    body: row.body,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    lastAttemptAt: row.last_attempt_at === null ? undefined : new Date(row.last_attempt_at),
    nextAttemptAt: row.status === "pending" && row.next_attempt_at !== null ? new Date(row.next_attempt_at) : undefined,
    deliveredAt: row.status === "delivered" && row.ended_at !== null ? new Date(row.ended_at) : undefined,
    reason: row.reason ?? undefined,
  };
}

function readStatus(status: string | undefined): DeliveryStatus | undefined {
  if (status === undefined) return undefined;
  const known = STATUSES.find((candidate) => candidate === status);
  if (known) return known;
  throw new CallerFault("ValidationException", `status is "${status}": use one of ${STATUSES.join(", ")}.`);
}

function tokenOf({ event_id, ordinal, notification_id }: DeliveryRow): string {
  return Buffer.from(JSON.stringify([event_id, ordinal, notification_id])).toString("base64url");
}

function readToken(token: string | undefined): DeliveryPosition | undefined {
  if (token === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(position) && position.length === 3) {
      const [eventId, ordinal, notificationId]: unknown[] = position;
      if (Number.isSafeInteger(eventId) && Number.isSafeInteger(ordinal) && typeof notificationId === "string") {
        return { eventId: eventId as number, ordinal: ordinal as number, notificationId };
      }
    }
  } catch {
    // Falls through to the fault: what is not JSON is not a token of ours.
  }
  throw new CallerFault(
    "InvalidNextTokenException",
    "The nextToken is not one that this operation gave: pass it unchanged, or leave it out to start from the beginning.",
  );
}
