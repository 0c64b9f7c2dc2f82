import type { HeardTime } from "@sluice/engine/heard-time.ts";
import type { Notifier } from "@sluice/engine/ports/notifier.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { PacedLoop } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import type { DeliveryRow } from "../store/deliveries.ts";
import type { Store } from "../store/open-store.ts";
import { DeliverySender } from "./delivery-sender.ts";
import { pumpEvents } from "./event-pump.ts";

export interface NotificationsDependencies {
  readonly store: Store;
  readonly timers: Timers;
  /** Says what was committed here; what it does not say is found by looking. */
  readonly feed: ChangeFeed;
  readonly notifier: Notifier;
  readonly scope: ArnScope;
  readonly owner: string;
  readonly random: () => number;
  /** When the server could do its work. */
  readonly heardTime: () => HeardTime;
  readonly onError: (error: unknown) => void;
  readonly onGivenUp: (delivery: DeliveryRow, reason: string) => void;
}

/** Triggers at work: events become messages, messages are sent. Keeps nothing that the store does not have. */
export interface Notifications {
  readonly notifier: Notifier;
  start(): void;
  /** Something is to be sent at once: a message was replayed. */
  wake(): void;
  close(): Promise<void>;
}

export function createNotifications(dependencies: NotificationsDependencies): Notifications {
  const { store, timers, feed, notifier, scope, onError } = dependencies;
  const sender = new DeliverySender(dependencies);
  const pumping = { store, now: () => timers.now(), scope, onDeliveries: () => sender.wake(), onError };
  const pump = new PacedLoop({ timers, onError, turn: () => pumpEvents(pumping) });
  let unsubscribe = () => {};
  return {
    notifier,
    start() {
      unsubscribe = feed.subscribe(({ hasEvents }) => {
        if (hasEvents) pump.wake();
      });
      pump.wake();
      sender.wake();
    },
    wake: () => sender.wake(),
    async close() {
      unsubscribe();
      await pump.close();
      await sender.close();
    },
  };
}
