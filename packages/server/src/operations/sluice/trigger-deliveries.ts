import { CallerFault } from "@sluice/model/caller-fault.ts";
import type {
  ListTriggerDeliveriesInput,
  ListTriggerDeliveriesOutput,
  ReplayTriggerDeliveryInput,
  ReplayTriggerDeliveryOutput,
  TriggerDelivery,
} from "@sluice/wire/sluice/sluice-api.ts";
import {
  type DeliveryRow,
  type DeliveryStatus,
  findDelivery,
  listDeliveries,
  replayDeliveries,
} from "../../store/deliveries.ts";
import { openPage } from "../listed-page.ts";
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
> = async (input, context) => {
  const { store } = context;
  const page = openPage(
    {
      operation: "ListTriggerDeliveries",
      input,
      token: input.nextToken,
      size: DELIVERIES_PAGE,
      shape: ["number", "number", "string"],
    },
    context,
  );
  const [eventId, ordinal, notificationId] = page.after ?? [];
  const rows = await listDeliveries(store, {
    status: readStatus(input.status),
    deploymentId: input.deploymentId,
    after:
      eventId === undefined || ordinal === undefined || notificationId === undefined
        ? undefined
        : { eventId, ordinal, notificationId },
    limit: page.limit,
  });
  const { items, nextToken } = page.cut(rows, (row) => [row.event_id, row.ordinal, row.notification_id]);
  return { deliveries: items.map(triggerDelivery), ...(nextToken === undefined ? {} : { nextToken }) };
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
