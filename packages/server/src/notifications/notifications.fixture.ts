import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import { memoryNotifier } from "@sluice/drivers/memory/memory-notifier.ts";
import { ALWAYS_HEARD, type HeardTime } from "@sluice/engine/heard-time.ts";
import type { DeliveryOutcome, Notification } from "@sluice/engine/ports/notifier.ts";
import type { Timers } from "../loops/timers.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { GROUP_FIELDS } from "../store/columns/group-columns.ts";
import { type DeliveryRow, listDeliveries } from "../store/deliveries.ts";
import type { Store } from "../store/open-store.ts";
import { createNotifications, type Notifications } from "./notifications.ts";

export const SCOPE = { region: "us-east-1", accountId: "111122223333" };
export const TOPIC = "arn:aws:sns:us-east-1:111122223333:chat";

/** One server's worth of triggers at work, with a receiver in memory. */
export interface NotificationFixture {
  readonly notifications: Notifications;
  readonly feed: ChangeFeed;
  readonly delivered: readonly Notification[];
  readonly errors: readonly unknown[];
}

export function notificationFixture(
  store: Store,
  timers: Timers,
  {
    delivered = [],
    onDeliver,
    owner = "test",
    heardTime = () => ALWAYS_HEARD,
  }: {
    readonly delivered?: Notification[];
    readonly onDeliver?: (notification: Notification) => DeliveryOutcome;
    readonly owner?: string;
    readonly heardTime?: () => HeardTime;
  } = {},
): NotificationFixture {
  const errors: unknown[] = [];
  const feed = new ChangeFeed();
  const notifications = createNotifications({
    store,
    timers,
    feed,
    notifier: memoryNotifier.create({}, { delivered, ...(onDeliver ? { onDeliver } : {}) }),
    scope: SCOPE,
    owner,
    heardTime,
    random: () => 0,
    onError: (error) => errors.push(error),
    onGivenUp: () => {},
  });
  return { notifications, feed, delivered, errors };
}

/** A clock that jumps to whatever is next, as soon as there is nothing else to do. */
export class LeapingTimers implements Timers {
  #now = 1_793_491_200_000;
  #waiting: { readonly at: number; readonly action: () => void }[] = [];
  #leaping = false;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const entry = { at: this.#now + milliseconds, action };
    this.#waiting.push(entry);
    this.#leap();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  #leap(): void {
    if (this.#leaping) return;
    this.#leaping = true;
    setImmediate(() => {
      this.#leaping = false;
      const next = this.#waiting.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      if (this.#waiting.length > 0) this.#leap();
    });
  }
}

export async function setTriggers(
  store: Store,
  triggers: readonly { readonly name: string; readonly events: readonly TriggerEventType[] }[],
): Promise<void> {
  const triggerConfigurations = triggers.map(({ name, events }) => ({
    triggerName: name,
    triggerTargetArn: TOPIC,
    triggerEvents: [...events],
  }));
  await store.write(({ db }) =>
    db
      .updateTable("deployment_groups")
      .set({ fields_json: GROUP_FIELDS.write({ serviceRoleArn: "", triggerConfigurations }) })
      .execute(),
  );
}

export function allDeliveries(store: Store): Promise<DeliveryRow[]> {
  return listDeliveries(store, { limit: 1_000 });
}
