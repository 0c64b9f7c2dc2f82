import type { DeliveryOutcome, Notification, Notifier } from "@sluice/engine/ports/notifier.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryNotifierDependencies {
  /** Every notification that was taken, in the order in which it came. */
  readonly delivered: Notification[];
  /** Called before each: says how it ends. Absent: all are taken. */
  readonly onDeliver?: (notification: Notification) => DeliveryOutcome | Promise<DeliveryOutcome>;
}

/** Notifications in a list, for tests and simulations. */
export const memoryNotifier: Driver<"notifier", NoSettings, MemoryNotifierDependencies, Notifier> = {
  port: "notifier",
  name: "memory",
  create: (_settings, { delivered, onDeliver }) => ({
    deliver: async (notification, signal) => {
      signal.throwIfAborted();
      const outcome = (await onDeliver?.(notification)) ?? { outcome: "delivered" };
      if (outcome.outcome === "delivered") delivered.push(notification);
      return outcome;
    },
  }),
};
